import type { Queryable } from "#database/statement.ts";
import { findSetting, insertSetting } from "#settings/settings.sql.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { Secrets } from "#values/secrets.ts";
import { createKeyFile, readKeyFile, removeKeyFile } from "./key-file.ts";
import { secretsOf } from "./seal.ts";

/** Where the database keeps the fingerprint of the key that its encrypted fields need. */
export const secretFingerprintKey = "secret_fingerprint";

/** `message` is for the person who starts the panel. */
export type SecretsRefusal = {
  readonly code: "secret_missing" | "secret_other" | "secret_damaged";
  readonly message: string;
};

/**
 * Opens the encryption key of this database. The first start makes the file (or takes the one that
 * is there) and notes its fingerprint; every later start wants the same key. Several processes may
 * start at the same time: they end up with one key, or with words.
 */
export async function openSecrets(
  db: Queryable,
  secretFile: string,
): Promise<Result<Secrets, SecretsRefusal>> {
  const known = await findSecretFingerprint(db);
  let found = await readKeyFile(secretFile);
  let isOurs = false;
  if (found.kind === "missing" && known === undefined) {
    isOurs = await createKeyFile(secretFile);
    found = await readKeyFile(secretFile);
  }
  if (found.kind === "missing") return refused(missing(secretFile, known ?? ""));
  if (found.kind === "damaged") return refused(damaged(secretFile));

  const secrets = secretsOf(found.key);
  if (known === undefined) await insertSetting(db, secretFingerprintKey, secrets.fingerprint);
  const expected = known ?? (await findSecretFingerprint(db));
  if (expected === secrets.fingerprint) return ok(secrets);
  // Another machine made the first start of this database in the same moment, with its own key.
  if (isOurs) await removeKeyFile(secretFile);
  return refused(
    isOurs
      ? missing(secretFile, expected ?? "")
      : other(secretFile, expected ?? "", secrets.fingerprint),
  );
}

/** Words for the operator: encrypted fields cannot be read or written without the right key. */
export class SecretsUnavailable extends Error {
  override name = "SecretsUnavailable";
}

/**
 * The encryption key for whoever needs it first: most commands never do. Throws
 * `SecretsUnavailable`; the next call tries again.
 */
export function secretsWhenNeeded(db: Queryable, secretFile: string): () => Promise<Secrets> {
  let opened: Secrets | undefined;
  return async () => {
    if (opened !== undefined) return opened;
    const secrets = await openSecrets(db, secretFile);
    if (!secrets.ok) throw new SecretsUnavailable(secrets.refusal.message);
    opened = secrets.value;
    return opened;
  };
}

/** The fingerprint of the key that this database was first started with. */
export async function findSecretFingerprint(db: Queryable): Promise<string | undefined> {
  const value = await findSetting(db, secretFingerprintKey);
  return typeof value === "string" ? value : undefined;
}

/** The fingerprint of a key file; `undefined` where there is none, or it cannot be used. */
export async function findFileFingerprint(secretFile: string): Promise<string | undefined> {
  const found = await readKeyFile(secretFile);
  return found.kind === "key" ? secretsOf(found.key).fingerprint : undefined;
}

function missing(file: string, expected: string): SecretsRefusal {
  return {
    code: "secret_missing",
    message:
      `The encryption key file ${file} is missing. This database was started with the key ` +
      `${expected} and keeps encrypted fields that only this key opens. Put the file back from ` +
      "where you keep it, or name it in PANEL_SECRET_FILE. No new key was made.",
  };
}

function other(file: string, expected: string, present: string): SecretsRefusal {
  return {
    code: "secret_other",
    message:
      `The encryption key file ${file} holds the key ${present}, but this database was started ` +
      `with the key ${expected}. Put the right file back from where you keep it, or name it in ` +
      "PANEL_SECRET_FILE.",
  };
}

function damaged(file: string): SecretsRefusal {
  return {
    code: "secret_damaged",
    message:
      `The encryption key file ${file} is not a whole key file: two lines, the second of them the ` +
      "key of 32 bytes in Base64. Put it back from where you keep it.",
  };
}

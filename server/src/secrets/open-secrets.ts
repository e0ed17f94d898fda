import type { Queryable } from "#database/statement.ts";
import { findSetting, insertSetting } from "#settings/settings.sql.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { Secrets } from "#values/secrets.ts";
import {
  createKeyFile,
  nextKeyFile,
  promoteNextKey,
  readKeyFile,
  removeKeyFile,
  retiredKeyFile,
} from "./key-file.ts";
import type { KeyFile } from "./key-file.ts";
import { secretsOf } from "./seal.ts";

/** Where the database keeps the fingerprint of the key that its encrypted fields need. */
export const secretFingerprintKey = "secret_fingerprint";

/** `message` is for the person who starts the panel. */
export type SecretsRefusal = {
  readonly code: "secret_missing" | "secret_other" | "secret_damaged";
  readonly message: string;
};

/**
 * Opens the encryption key of this database. The first start makes the file (or takes an existing
 * one) and records its fingerprint; every later start requires the same key. Where a rotation was
 * interrupted after its commit, the next key is the right one and is put in its place. Several
 * processes may start at the same time: they end up with one key, or with a refusal.
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
  if (known !== undefined && fingerprintOf(found) !== known) {
    const next = await takeNextKey(secretFile, found, known);
    if (next !== undefined) return ok(next);
    const retired = retiredKeyFile(secretFile, known);
    if (fingerprintOf(await readKeyFile(retired)) === known) return refused(retiredOnly(retired));
  }
  if (found.kind === "missing") return refused(missing(secretFile, known ?? ""));
  if (found.kind === "damaged") return refused(damaged(secretFile));

  const secrets = secretsOf(found.key);
  if (known === undefined) await insertSetting(db, secretFingerprintKey, secrets.fingerprint);
  const expected = known ?? (await findSecretFingerprint(db));
  if (expected === secrets.fingerprint) return ok(secrets);
  // Another machine made the first start of this database at the same moment, with its own key.
  if (isOurs) await removeKeyFile(secretFile);
  return refused(
    isOurs
      ? missing(secretFile, expected ?? "")
      : other(secretFile, expected ?? "", secrets.fingerprint),
  );
}

/**
 * The key that a rotation committed but could no longer put in its place; `undefined` where there
 * is none.
 */
async function takeNextKey(
  secretFile: string,
  found: KeyFile,
  wanted: string,
): Promise<Secrets | undefined> {
  const next = await readKeyFile(nextKeyFile(secretFile));
  if (next.kind !== "key" || fingerprintOf(next) !== wanted) {
    // Another process may have put it in its place since we looked.
    const again = await readKeyFile(secretFile);
    if (again.kind !== "key" || fingerprintOf(again) !== wanted) return undefined;
    return secretsOf(again.key);
  }
  const present = found.kind === "damaged" ? "damaged" : fingerprintOf(found);
  // In a folder that is not writable, the key works from where it lies.
  await promoteNextKey(secretFile, present).catch(() => {});
  return secretsOf(next.key);
}

function fingerprintOf(found: KeyFile): string | undefined {
  return found.kind === "key" ? secretsOf(found.key).fingerprint : undefined;
}

/** A message for the operator: encrypted fields cannot be read or written without the right key. */
export class SecretsUnavailable extends Error {
  override name = "SecretsUnavailable";
}

/**
 * Opens the encryption key when it is first needed: most commands never need it. Throws
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

/**
 * The fingerprint of a key file; `undefined` where there is none, or it cannot be used. Returns
 * `wanted` where a rotation left that key beside the file, since the next start will put it there.
 */
export async function findFileFingerprint(
  secretFile: string,
  wanted?: string,
): Promise<string | undefined> {
  const present = fingerprintOf(await readKeyFile(secretFile));
  if (wanted === undefined || present === wanted) return present;
  const next = fingerprintOf(await readKeyFile(nextKeyFile(secretFile)));
  return next === wanted ? next : present;
}

/**
 * The key with this fingerprint, from the file or from the next key's file beside it. Only looks,
 * and changes nothing. `undefined` where it is not here.
 */
export async function findSecrets(
  secretFile: string,
  wanted: string,
): Promise<Secrets | undefined> {
  for (const file of [secretFile, nextKeyFile(secretFile)]) {
    const found = await readKeyFile(file);
    if (found.kind !== "key") continue;
    const secrets = secretsOf(found.key);
    if (secrets.fingerprint === wanted) return secrets;
  }
  return undefined;
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
      `The encryption key file ${file} holds the key ${present}, but this database ` +
      `needs the key ${expected}. Put the right file back from where you keep it, or name it in ` +
      "PANEL_SECRET_FILE. If the key was rotated on another machine, copy the file from there.",
  };
}

function retiredOnly(retired: string): SecretsRefusal {
  return {
    code: "secret_other",
    message:
      `This database needs a key that was rotated away, as a database from an older backup does. ` +
      `It lies in ${retired}: name that file in PANEL_SECRET_FILE.`,
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

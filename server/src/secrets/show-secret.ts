import type { Queryable } from "#database/statement.ts";
import { findSettingTime } from "#settings/settings.sql.ts";
import { listRetiredKeys } from "./key-file.ts";
import {
  findFileFingerprint,
  findSecretFingerprint,
  secretFingerprintKey,
} from "./open-secrets.ts";

/** What can be said of the encryption key without giving it away. */
export type ShownSecret = {
  /** Of the key that the database needs; `undefined` before the first start. */
  readonly fingerprint: string | undefined;
  /** Since when everything has been sealed with it. */
  readonly since: Date | undefined;
  /** Of the key that lies in the file; `undefined` where none does. */
  readonly fileFingerprint: string | undefined;
  /** Of the keys that were rotated away and lie beside it; backups from before need them. */
  readonly retired: readonly string[];
};

/** Looks and changes nothing; works without the key too. */
export async function showSecret(db: Queryable, secretFile: string): Promise<ShownSecret> {
  const fingerprint = await findSecretFingerprint(db);
  return {
    fingerprint,
    since: await findSettingTime(db, secretFingerprintKey),
    fileFingerprint: await findFileFingerprint(secretFile, fingerprint),
    retired: await listRetiredKeys(secretFile),
  };
}

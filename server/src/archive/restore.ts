// Long because: one restore from the first check to the proof.
import { audit } from "#audit/audit.sql.ts";
import { copyIn } from "#database/copy.ts";
import type { PanelDatabase } from "#database/database.ts";
import { asOwner } from "#database/owner.ts";
import { sqlState } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { amountFromDecimal } from "#values/money.ts";
import { listDrifts, sumEntries } from "#ledger/verify.sql.ts";
import { listRetiredKeys, retiredKeyFile } from "#secrets/key-file.ts";
import { findFileFingerprint, secretFingerprintKey } from "#secrets/open-secrets.ts";
import { deleteSetting, upsertSetting } from "#settings/settings.sql.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import {
  analyzeTables,
  beginWriting,
  commit,
  copyInText,
  emptyTable,
  findDatabaseState,
  findPanelContent,
  holdRemoteProviders,
  listLiveProcesses,
  listTables,
  lockTables,
  raiseIdentities,
  rollback,
  setSequence,
} from "./archive.sql.ts";
import type { Table } from "./archive.sql.ts";
import { checkRecords, checkTables, nextRecord, outOfOrder, tableData } from "./check-records.ts";
import { fileProblem } from "./file-problem.ts";
import { formatVersion } from "./format.ts";
import type { ArchiveHeader, SequenceValue } from "./format.ts";
import { DamagedArchive, openArchive } from "./read-archive.ts";
import type { CheckedArchive } from "./read-archive.ts";
import { skipNumbers } from "./skip-numbers.ts";
import type { SkippedNumbers } from "./skip-numbers.ts";

export type Restored = {
  readonly header: ArchiveHeader;
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
  /** True where encrypted fields cannot be read, because their key is not here. */
  readonly isWithoutSecret: boolean;
  readonly numbers: SkippedNumbers;
};

/** Whatever the code, nothing was changed. */
export type RestoreRefusal =
  | { readonly code: "file_unreadable"; readonly file: string; readonly problem: string }
  | { readonly code: "archive_damaged"; readonly damage: string }
  | { readonly code: "archive_older"; readonly format: number; readonly schema: number }
  | { readonly code: "archive_newer"; readonly schema: number; readonly schemaHere: number }
  | { readonly code: "archive_unfit"; readonly misfit: Misfit }
  /** `holds`: the first kind of thing that is there. */
  | { readonly code: "panel_not_empty"; readonly holds: string }
  | { readonly code: "panel_running"; readonly pid: number; readonly host: string }
  | ({ readonly code: "secret_missing" } & NeededSecret)
  | ({ readonly code: "secret_other"; readonly present: string } & NeededSecret)
  | { readonly code: "ledger_drift"; readonly drift: Drift };

/** Why a backup's data do not fit this schema. */
export type Misfit =
  | { readonly kind: "table_unknown"; readonly table: string }
  | { readonly kind: "column_unknown"; readonly table: string; readonly column: string }
  | { readonly kind: "column_lacking"; readonly table: string; readonly column: string }
  | { readonly kind: "data_refused"; readonly reason: string };

/** The key by its fingerprint, and where it was looked for. */
type NeededSecret = {
  readonly needed: string;
  readonly secretFile: string;
  /** Where that key lies, if it was rotated away here. */
  readonly retiredFile: string | undefined;
};

type Drift =
  | { readonly what: string; readonly account: number; readonly detail: string }
  | { readonly unbalanced: string };

type Options = {
  readonly file: string;
  readonly secretFile: string;
  readonly isWithoutSecret?: boolean;
  /** How far to move numbers on; left out, by as many as may have been lost. */
  readonly skip?: number;
};

/**
 * Fills an empty panel with what an archive holds, in one transaction as the owner of the tables:
 * all of it with a proven ledger, or nothing. The file is checked before the database is touched.
 */
export async function restore(
  database: Pick<PanelDatabase, "ownerSettings">,
  actor: Actor,
  options: Options,
): Promise<Result<Restored, RestoreRefusal>> {
  authorize(actor, "backup.restore");
  try {
    const archive = await openArchive(options.file);
    const { header } = archive;
    if (header.format < formatVersion) {
      return refused({ code: "archive_older", format: header.format, schema: header.schema });
    }
    const secret = await checkSecret(header, options);
    if (!secret.ok) return secret;
    return await asOwner(database.ownerSettings, async (owner) => {
      const tx = await owner.connect();
      let isOver = false;
      try {
        await beginWriting(tx);
        const restored = await fill(tx, actor, archive, options, secret.value);
        await (restored.ok ? commit(tx) : rollback(tx));
        isOver = true;
        return restored;
      } finally {
        // Without its connection the transaction is gone, whatever its state.
        tx.release(!isOver);
      }
    });
  } catch (error) {
    if (error instanceof DamagedArchive) {
      return refused({ code: "archive_damaged", damage: error.message });
    }
    const problem = fileProblem(error);
    if (problem === undefined) throw error;
    return refused({ code: "file_unreadable", file: options.file, problem });
  }
}

type SecretState = { readonly fingerprint: string | undefined; readonly isRight: boolean };

async function checkSecret(
  header: ArchiveHeader,
  options: Options,
): Promise<Result<SecretState, RestoreRefusal>> {
  const needed = header.secretFingerprint;
  const fingerprint = await findFileFingerprint(options.secretFile, needed ?? undefined);
  const isRight = needed === null || needed === fingerprint;
  if (isRight || options.isWithoutSecret === true) return ok({ fingerprint, isRight });
  const { secretFile } = options;
  const isRetired = (await listRetiredKeys(secretFile)).includes(needed);
  const retiredFile = isRetired ? retiredKeyFile(secretFile, needed) : undefined;
  return fingerprint === undefined
    ? refused({ code: "secret_missing", needed, secretFile, retiredFile })
    : refused({ code: "secret_other", needed, present: fingerprint, secretFile, retiredFile });
}

async function fill(
  tx: Tx,
  actor: Actor,
  archive: CheckedArchive,
  options: Options,
  secret: SecretState,
): Promise<Result<Restored, RestoreRefusal>> {
  const { header } = archive;
  const state = await findDatabaseState(tx);
  if (header.format > formatVersion || header.schema > state.version) {
    return refused({
      code: "archive_newer",
      schema: header.schema,
      schemaHere: state.version,
    });
  }
  const tables = await listTables(tx);
  await lockTables(tx, tables);
  const content = await findPanelContent(tx);
  if (content !== undefined) return refused({ code: "panel_not_empty", holds: content });
  const [running] = await listLiveProcesses(tx);
  if (running !== undefined) {
    return refused({ code: "panel_running", pid: running.pid, host: running.host });
  }

  const loaded = await load(tx, archive, tables);
  if (!loaded.ok) return loaded;
  const { sequences, rows } = loaded.value;
  for (const { name, last } of sequences) await setSequence(tx, name, last);
  await raiseIdentities(tx);
  const numbers = await skipNumbers(tx, { createdAt: header.createdAt, given: options.skip });
  await holdRemoteProviders(tx);
  if (!secret.isRight) await adoptSecret(tx, secret.fingerprint);
  await analyzeTables(tx, tables);
  const drift = await findDrift(tx);
  if (drift !== undefined) return refused({ code: "ledger_drift", drift });
  await audit(tx, {
    actor,
    action: "archive.restore",
    subject: "panel",
    after: {
      createdAt: header.createdAt,
      schema: header.schema,
      withoutSecret: !secret.isRight,
      skipped: numbers.by,
    },
  });
  return ok({ header, tables: rows, isWithoutSecret: !secret.isRight, numbers });
}

type Loaded = {
  readonly sequences: readonly SequenceValue[];
  readonly rows: readonly { readonly name: string; readonly rows: number }[];
};

async function load(
  tx: Tx,
  archive: CheckedArchive,
  tables: readonly Table[],
): Promise<Result<Loaded, RestoreRefusal>> {
  const records = archive.records();
  let sequences: readonly SequenceValue[] = [];
  const rows: { name: string; rows: number }[] = [];
  try {
    for (;;) {
      const record = await nextRecord(records);
      switch (record.kind) {
        case "table": {
          const misfit = findMisfit(record.name, record.columns, tables);
          if (misfit !== undefined) return await refuseUnfit(archive, misfit);
          await emptyTable(tx, record.name);
          const summary = { name: record.name, rows: 0 };
          const data = tableData(records, summary);
          await copyIn(tx, copyInText(record.name, record.columns), data);
          rows.push(summary);
          break;
        }
        case "sequences":
          sequences = record.values;
          break;
        case "done":
          checkTables(record, rows.length);
          return ok({ sequences, rows });
        case "data":
        case "end":
          throw outOfOrder();
      }
    }
  } catch (error) {
    if (!isBadData(error)) throw error;
    return await refuseUnfit(archive, { kind: "data_refused", reason: error.message });
  } finally {
    await records.return();
  }
}

/**
 * Refuses rows that do not fit this schema. A file that contradicts itself is reported as damaged,
 * whatever else is wrong with it: rows that the database does not take may come to light before or
 * after their table's checksum, by chance. Throws `DamagedArchive`.
 */
async function refuseUnfit(
  archive: CheckedArchive,
  misfit: Misfit,
): Promise<Result<never, RestoreRefusal>> {
  await checkRecords(archive);
  return refused({ code: "archive_unfit", misfit });
}

/** Why a table of the archive does not fit this schema; `undefined` where it does. */
function findMisfit(
  name: string,
  columns: readonly string[],
  tables: readonly Table[],
): Misfit | undefined {
  const table = tables.find((one) => one.name === name);
  if (table === undefined) return { kind: "table_unknown", table: name };
  const unknown = columns.find((column) => !table.columns.some((one) => one.name === column));
  if (unknown !== undefined) return { kind: "column_unknown", table: name, column: unknown };
  const needed = table.columns.find((one) => one.isNeeded && !columns.includes(one.name));
  return needed && { kind: "column_lacking", table: name, column: needed.name };
}

/** Makes the key that is here (or the next one) the panel's own. */
async function adoptSecret(tx: Tx, fingerprint: string | undefined): Promise<void> {
  if (fingerprint === undefined) await deleteSetting(tx, secretFingerprintKey);
  else await upsertSetting(tx, secretFingerprintKey, fingerprint);
}

/** The first drift found in the ledger. */
async function findDrift(tx: Tx): Promise<Drift | undefined> {
  const [drift] = await listDrifts(tx);
  if (drift !== undefined) return drift;
  const sums = new Map<string, bigint>();
  for (const { currency, total } of await sumEntries(tx)) {
    sums.set(currency, (sums.get(currency) ?? 0n) + amountFromDecimal(total));
  }
  const unbalanced = [...sums].find(([, sum]) => sum !== 0n);
  return unbalanced && { unbalanced: unbalanced[0] };
}

/** True for the server's errors about rows that it cannot read or that break a rule. */
function isBadData(error: unknown): error is Error {
  return error instanceof Error && /^(22|23)/.test(sqlState(error) ?? "");
}

import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { audit } from "#audit/audit.sql.ts";
import { copyOut } from "#database/copy.ts";
import type { PanelDatabase } from "#database/database.ts";
import { asOwner } from "#database/owner.ts";
import type { Tx } from "#database/transaction.ts";
import { findSecretFingerprint } from "#secrets/open-secrets.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import {
  beginReading,
  commit,
  copyOutText,
  findDatabaseState,
  listSequences,
  listTables,
} from "./archive.sql.ts";
import type { Table } from "./archive.sql.ts";
import { fileProblem } from "./file-problem.ts";
import { formatVersion, recordLine } from "./format.ts";
import type { ArchiveHeader, SequenceValue, TableSummary } from "./format.ts";
import { FileExists, writeArchive } from "./write-archive.ts";

export type Backup = {
  readonly file: string;
  readonly bytes: number;
  readonly header: ArchiveHeader;
  readonly tables: readonly TableSummary[];
  /** The file that is not in the archive and has to be kept too. */
  readonly secretFile: string;
  /**
   * False where the backup is good but could not be recorded in the audit, for example because of a
   * full disk.
   */
  readonly isAudited: boolean;
};

export type BackupRefusal =
  | { readonly code: "file_exists"; readonly file: string }
  | { readonly code: "file_unwritable"; readonly file: string; readonly problem: string };

/** The action under which the audit records each backup. */
export const backupAction = "archive.backup";

/**
 * Writes everything that the panel knows into one file, as of one moment, while orders go on: it
 * only reads. If it does not finish, there is no file.
 */
export async function backup(
  database: Pick<PanelDatabase, "ownerSettings">,
  actor: Actor,
  options: { readonly file: string; readonly secretFile: string; readonly isReplacing?: boolean },
): Promise<Result<Backup, BackupRefusal>> {
  authorize(actor, "backup.make");
  const { file, secretFile, isReplacing = false } = options;
  if (!isReplacing && (await exists(file))) return refused({ code: "file_exists", file });
  try {
    return await asOwner(database.ownerSettings, async (owner) => {
      const tx = await owner.connect();
      let isOver = false;
      try {
        await beginReading(tx);
        const { header, sequences } = await describe(tx);
        const summaries: TableSummary[] = [];
        const records = recordsOf(tx, await listTables(tx), sequences, summaries);
        const { bytes } = await writeArchive(file, header, records, { isReplacing });
        await commit(tx);
        isOver = true;
        const isAudited = await note(tx, actor, file, header);
        return ok({ file, bytes, header, tables: summaries, secretFile, isAudited });
      } finally {
        // A connection that is still sending rows cannot be used again.
        tx.release(!isOver);
      }
    });
  } catch (error) {
    if (error instanceof FileExists) return refused({ code: "file_exists", file });
    const problem = fileProblem(error);
    if (problem === undefined) throw error;
    return refused({ code: "file_unwritable", file, problem });
  }
}

async function describe(
  tx: Tx,
): Promise<{ header: ArchiveHeader; sequences: readonly SequenceValue[] }> {
  // The first statement takes the snapshot. Sequences have no snapshot, so they are read after it.
  const state = await findDatabaseState(tx);
  const header: ArchiveHeader = {
    format: formatVersion,
    schema: state.version,
    createdAt: state.created_at,
    currency: (await readSettings(tx)).currency,
    secretFingerprint: (await findSecretFingerprint(tx)) ?? null,
    server: state.server,
  };
  const sequences = (await listSequences(tx)).flatMap(({ name, last }) =>
    last === null ? [] : [{ name, last }],
  );
  return { header, sequences };
}

async function* recordsOf(
  tx: Tx,
  tables: readonly Table[],
  sequences: readonly SequenceValue[],
  summaries: TableSummary[],
): AsyncIterable<Buffer> {
  for (const table of tables) {
    const columns = table.columns.map((column) => column.name);
    yield recordLine({ kind: "table", name: table.name, columns });
    const hash = createHash("sha256");
    let rows = 0;
    let bytes = 0;
    for await (const chunk of copyOut(tx, copyOutText(table))) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError("copy gave something else than bytes");
      hash.update(chunk);
      rows += countLines(chunk);
      bytes += chunk.length;
      yield recordLine({ kind: "data", bytes: chunk.length });
      yield chunk;
    }
    const summary = { name: table.name, rows, bytes, sha256: hash.digest("hex") };
    summaries.push(summary);
    yield recordLine({ kind: "end", ...summary });
  }
  yield recordLine({ kind: "sequences", values: sequences });
  const rows = summaries.reduce((sum, summary) => sum + summary.rows, 0);
  yield recordLine({ kind: "done", tables: summaries.length, rows });
}

/** A backup takes all customers' data along, so the audit records who made it. */
async function note(tx: Tx, actor: Actor, file: string, header: ArchiveHeader): Promise<boolean> {
  const after = { file, createdAt: header.createdAt };
  return audit(tx, { actor, action: backupAction, subject: "panel", after }).then(
    () => true,
    () => false,
  );
}

/** Counts rows: each is one line, because `copy` escapes line breaks inside values. */
export function countLines(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
  return lines;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

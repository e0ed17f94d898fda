import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { Secrets } from "#values/secrets.ts";
import { sealedColumns } from "./sealed-columns.ts";
import type { SealedColumn } from "./sealed-columns.ts";
import { listNewestSealed, listSealed, updateSealed } from "./sealed.sql.ts";
import type { ResealedRow, SealedRow } from "./sealed.sql.ts";

const rowsPerPage = 1000;
const sampleRows = 100;

/** What was found in a sealed column. */
export type SealedCount = {
  readonly table: string;
  readonly column: string;
  /** Texts that opened; in a rotation they are sealed anew. */
  readonly readable: number;
  /** Texts that the key does not open: they are left as they are. */
  readonly unreadable: number;
};

/**
 * Seals every text of the database with the next key, a page of rows at a time, and makes the keyed
 * digests anew. The tables are locked. What the old key does not open is counted and left as it is.
 */
export async function resealAll(tx: Tx, old: Secrets, next: Secrets): Promise<SealedCount[]> {
  const counts: SealedCount[] = [];
  for (const column of sealedColumns) {
    let readable = 0;
    let unreadable = 0;
    for await (const page of pagesOf(tx, column)) {
      const rows = page
        .map((row) => reseal(column, row, old, next))
        .filter((row) => row !== undefined);
      await updateSealed(tx, column, rows);
      readable += rows.length;
      unreadable += page.length - rows.length;
    }
    counts.push({ table: column.table, column: column.column, readable, unreadable });
  }
  return counts;
}

/** Checks the first and the last rows of every sealed column, 200 at most, and changes nothing. */
export async function sampleSealed(db: Queryable, secrets: Secrets): Promise<SealedCount[]> {
  const counts: SealedCount[] = [];
  for (const column of sealedColumns) {
    const first = await listSealed(db, column, 0, sampleRows);
    const last = await listNewestSealed(db, column, sampleRows);
    const rows = [...new Map([...first, ...last].map((row) => [row.id, row])).values()];
    const readable = rows.filter((row) => openRow(column, row, secrets) !== undefined).length;
    const { table, column: name } = column;
    counts.push({ table, column: name, readable, unreadable: rows.length - readable });
  }
  return counts;
}

async function* pagesOf(tx: Tx, column: SealedColumn): AsyncGenerator<SealedRow[]> {
  let after = 0;
  for (;;) {
    const page = await listSealed(tx, column, after, rowsPerPage);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.id;
  }
}

function reseal(
  column: SealedColumn,
  row: SealedRow,
  old: Secrets,
  next: Secrets,
): ResealedRow | undefined {
  const text = openRow(column, row, old);
  if (text === undefined) return undefined;
  const { id } = row;
  const digest = column.digest && next.digest(column.digest.purpose, text);
  const sealed = next.seal(column.purpose({ id, digest: digest ?? noDigest }), text);
  return { id, sealed, digest };
}

const noDigest = Buffer.alloc(0);

function openRow(column: SealedColumn, row: SealedRow, secrets: Secrets): string | undefined {
  const { id, digest } = row;
  return secrets.open(column.purpose({ id, digest: digest ?? noDigest }), row.sealed);
}

import { statement } from "#database/statement.ts";
import type { Queryable, Statement } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import { sealedColumns } from "./sealed-columns.ts";
import type { SealedColumn } from "./sealed-columns.ts";

/** A sealed text with what its purpose may refer to. */
export type SealedRow = {
  readonly id: number;
  readonly sealed: string;
  readonly digest: Buffer | null;
};

/** The new content of a row. */
export type ResealedRow = {
  readonly id: number;
  readonly sealed: string;
  readonly digest: Buffer | undefined;
};

type Statements = {
  readonly list: Statement<SealedRow>;
  readonly listNewest: Statement<SealedRow>;
  readonly update: Statement<never>;
};

const texts = new Map(sealedColumns.map((each): [SealedColumn, Statements] => [each, of(each)]));

function of({ table, column, digest }: SealedColumn): Statements {
  const columns = `id, ${column} as sealed, ${digest?.column ?? "null::bytea"} as digest`;
  const change = digest === undefined ? "" : `, ${digest.column} = coalesce(n.digest, t.digest)`;
  return {
    list: statement(
      `secrets.list.${table}.${column}`,
      `select ${columns}
         from ${table}
        where id > $1::bigint and ${column} is not null
        order by id
        limit $2::integer`,
    ),
    listNewest: statement(
      `secrets.listNewest.${table}.${column}`,
      `select ${columns}
         from ${table}
        where ${column} is not null
        order by id desc
        limit $1::integer`,
    ),
    update: statement(
      `secrets.update.${table}.${column}`,
      `update ${table} t
          set ${column} = n.sealed${change}
         from unnest($1::bigint[], $2::text[], $3::bytea[]) as n (id, sealed, digest)
        where t.id = n.id`,
    ),
  };
}

function statementsOf(column: SealedColumn): Statements {
  const found = texts.get(column);
  if (found === undefined) throw new Error(`${column.table}.${column.column} is not registered`);
  return found;
}

/** The next rows after `after`, in the order of their ids. */
export function listSealed(
  db: Queryable,
  column: SealedColumn,
  after: number,
  limit: number,
): Promise<SealedRow[]> {
  return statementsOf(column).list.all(db, after, limit);
}

/** Lists the rows that were made last, newest first. */
export function listNewestSealed(
  db: Queryable,
  column: SealedColumn,
  limit: number,
): Promise<SealedRow[]> {
  return statementsOf(column).listNewest.all(db, limit);
}

export async function updateSealed(
  tx: Tx,
  column: SealedColumn,
  rows: readonly ResealedRow[],
): Promise<void> {
  await statementsOf(column).update.run(
    tx,
    rows.map(({ id }) => id),
    rows.map(({ sealed }) => sealed),
    rows.map(({ digest }) => digest),
  );
}

/**
 * Keeps every process and command from reading which key is in use, and from confirming that it
 * works, until the transaction ends: a process that starts meanwhile waits, and then finds the new
 * key. Throws 55P03 after ten seconds, because a backup holds its settings for as long as it takes.
 */
export async function lockSecret(tx: Tx): Promise<void> {
  await tx.query("set local lock_timeout = '10s'");
  await tx.query("lock table settings, processes in access exclusive mode");
}

/**
 * Keeps everybody else from writing sealed texts until the transaction ends; call it after
 * `lockSecret`.
 */
export async function lockSealed(tx: Tx): Promise<void> {
  const tables = new Set(sealedColumns.map(({ table }) => table));
  await tx.query(`lock table ${[...tables].join(", ")} in share row exclusive mode`);
  // Rows are found by their ids, a page at a time: hashing a table for each page would take far too
  // long.
  await tx.query(`
    set local idle_in_transaction_session_timeout = 0;
    set local enable_seqscan = off;
    set local enable_hashjoin = off;
    set local enable_mergejoin = off`);
}

const countConnectionsSql = statement<{ count: number }>(
  "secrets.countConnections",
  `select count(*)::integer as count
     from pg_stat_activity
    where datname = current_database()
      and application_name = current_setting('application_name')`,
);

/** Counts the connections of panels and commands to this database, including our own. */
export async function countConnections(tx: Tx): Promise<number> {
  return (await countConnectionsSql.one(tx)).count;
}

import type { PoolClient } from "pg";
import { statement } from "./statement.ts";
import type { Queryable } from "./statement.ts";

const lockTimeoutMs = 3000;

/**
 * Commits, and leaves a mark by which that can be looked up: one message, so that it costs no time of
 * its own. What wrote nothing needs no mark. `mark` is a UUID.
 */
export async function commitMarked(tx: PoolClient, mark: string): Promise<void> {
  await tx.query(
    `insert into transaction_marks (id, is_done)
     select '${mark}', true where pg_current_xact_id_if_assigned() is not null;
     commit`,
  );
}

/**
 * Whether the transaction with this mark was committed, for good: one that is still at work is waited
 * for, and one that left no mark never will, because its mark is taken now.
 */
export async function findMark(db: Queryable, mark: string): Promise<boolean> {
  await withdrawSql.run(db, mark, `${lockTimeoutMs}ms`);
  return (await findSql.one(db, mark)).is_done;
}

const withdrawSql = statement(
  "transactionMarks.withdraw",
  `with patience as (select set_config('lock_timeout', $2::text, true))
   insert into transaction_marks (id, is_done)
   select $1::uuid, false from patience
       on conflict (id) do nothing`,
);
const findSql = statement<{ is_done: boolean }>(
  "transactionMarks.find",
  "select is_done from transaction_marks where id = $1::uuid",
);

const deleteOldSql = statement(
  "transactionMarks.deleteOld",
  "delete from transaction_marks where created_at < now() - interval '1 hour'",
);

/** Forgets marks that no process can still be asking for. */
export async function deleteOldMarks(db: Queryable): Promise<void> {
  await deleteOldSql.run(db);
}

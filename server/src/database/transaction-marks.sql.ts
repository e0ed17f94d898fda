import type { PoolClient } from "pg";
import { statement } from "./statement.ts";
import type { Queryable } from "./statement.ts";

const lockTimeoutMs = 3000;

/**
 * Commits, and leaves a mark by which the outcome can be looked up. Both are one message, so the
 * mark costs no time of its own. A transaction that wrote nothing needs no mark. `mark` is a UUID.
 */
export async function commitMarked(tx: PoolClient, mark: string): Promise<void> {
  await tx.query(
    `insert into transaction_marks (id, is_done)
     select '${mark}', true where pg_current_xact_id_if_assigned() is not null;
     commit`,
  );
}

/**
 * Whether the transaction with this mark was committed; the answer is final. A transaction that is
 * still running is waited for. One that left no mark can never commit later, because its mark is
 * taken now.
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

/** Deletes marks that no process can still be asking for. */
export async function deleteOldMarks(db: Queryable): Promise<void> {
  await deleteOldSql.run(db);
}

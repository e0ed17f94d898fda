import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId } from "#values/ids.ts";

const listHeldSql = statement<{ account_id: AccountId; id: OrderId }>(
  "orders.listHeld",
  `select account_id, id
     from orders
    where held is not null and status = 'pending'
    order by id
    limit $1::integer`,
);

/** The orders that wait for a review, oldest first. */
export async function listHeld(
  db: Queryable,
  limit: number,
): Promise<{ readonly accountId: AccountId; readonly orderId: OrderId }[]> {
  const rows = await listHeldSql.all(db, limit);
  return rows.map((row) => ({ accountId: row.account_id, orderId: row.id }));
}

const clearHeldSql = statement(
  "orders.clearHeld",
  `update orders
      set held = null, updated_at = panel_now()
    where account_id = $1::bigint and id = $2::bigint`,
);

/** Ends the review of a locked order. The caller writes the task that is due then. */
export async function clearHeld(
  tx: Tx,
  order: { readonly accountId: AccountId; readonly id: OrderId },
): Promise<void> {
  await clearHeldSql.run(tx, order.accountId, order.id);
}

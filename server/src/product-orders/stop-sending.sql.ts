import { statement } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, ProductOrderId } from "#values/ids.ts";

const stopSendingSql = statement(
  "productOrders.stopSending",
  `delete from product_tasks t
    where t.product_order_id = $2::bigint and t.kind <> 'poll'
      and not exists (select 1
                        from product_attempts a
                       where a.account_id = $1::bigint and a.product_order_id = $2::bigint
                         and a.ended_at is null)`,
);

/**
 * For a locked order that ends, or is delivered by hand: nobody sends it to a provider any more,
 * not even a worker that has just leased it. A call that is under way is still recorded when it
 * ends. What the provider has is asked about until it has ended there, so that its cost is booked.
 * Locks the task.
 */
export async function stopSending(tx: Tx, accountId: AccountId, id: ProductOrderId): Promise<void> {
  await stopSendingSql.run(tx, accountId, id);
}

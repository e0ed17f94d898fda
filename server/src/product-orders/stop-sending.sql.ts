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
 * A locked order ends, or is delivered by hand: nobody sends it to a provider any more, not even a
 * worker that has just taken it up. A call that is under way is still written down when it ends, and
 * what the provider has is asked about until it has ended there, so that its cost is booked. Locks
 * the task.
 */
export async function stopSending(tx: Tx, accountId: AccountId, id: ProductOrderId): Promise<void> {
  await stopSendingSql.run(tx, accountId, id);
}

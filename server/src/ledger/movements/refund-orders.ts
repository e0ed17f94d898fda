import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { lockAccount } from "#ledger/ledger.sql.ts";
import { insertRefunds } from "#ledger/refunds.sql.ts";
import { refundKey } from "./refund-order.ts";

/**
 * `refundOrder` for many orders of one account in one statement, under the same keys: a step that was
 * taken before breaks the table's constraint. The caller holds the orders' locks and raises
 * `orders.refunded` in the same transaction.
 */
export async function refundOrders(
  tx: Tx,
  accountId: AccountId,
  refunds: readonly {
    readonly orderId: OrderId;
    readonly amount: Amount;
    readonly alreadyRefunded: Amount;
  }[],
): Promise<void> {
  if (refunds.length === 0) return;
  const account = await lockAccount(tx, accountId);
  if (account === undefined) throw new Error(`the account ${accountId} is missing`);
  const steps = refunds.map(({ orderId, amount, alreadyRefunded }) => {
    if (amount <= zero) throw new Error(`a refund of nothing for order ${orderId}`);
    return { orderId, amount, idempotencyKey: refundKey(orderId, alreadyRefunded) };
  });
  await insertRefunds(tx, accountId, account, steps);
}

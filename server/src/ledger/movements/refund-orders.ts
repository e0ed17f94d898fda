import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { lockAccount } from "#ledger/ledger.sql.ts";
import { insertRefunds } from "#ledger/refunds.sql.ts";

/**
 * Refunds parts of the charges of one account's orders: revenue → account, in one statement.
 * `alreadyRefunded` is what an order had refunded before. It makes the key, so that each step of an
 * order's refunds happens once: a repeated step breaks the table's constraint. The caller holds the
 * orders' locks and raises `orders.refunded` in the same transaction.
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

/** Names one step of an order's refunds. */
function refundKey(orderId: OrderId, alreadyRefunded: Amount): string {
  return `order:${orderId}:refund:${alreadyRefunded}`;
}

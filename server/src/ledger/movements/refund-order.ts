import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import type { Amount } from "#values/money.ts";
import { post } from "#ledger/post.ts";

/**
 * Gives back a part of an order's charge: revenue → account. `alreadyRefunded` is what the order had
 * given back before; it makes the key, so that one step of an order's refunds happens once.
 * The caller holds the order's lock and raises `orders.refunded` in the same transaction.
 */
export function refundOrder(
  tx: Tx,
  input: { accountId: AccountId; orderId: OrderId; amount: Amount; alreadyRefunded: Amount },
): ReturnType<typeof post> {
  const { accountId, orderId, amount, alreadyRefunded } = input;
  return post(tx, {
    accountId,
    orderId,
    amount,
    kind: "refund",
    counter: "revenue",
    direction: 1,
    idempotencyKey: refundKey(orderId, alreadyRefunded),
  });
}

/** Names one step of an order's refunds. */
export function refundKey(orderId: OrderId, alreadyRefunded: Amount): string {
  return `order:${orderId}:refund:${alreadyRefunded}`;
}

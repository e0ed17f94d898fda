import type { Tx } from "#database/transaction.ts";
import type { AccountId, ProductOrderId } from "#values/ids.ts";
import type { Amount } from "#values/money.ts";
import { post } from "#ledger/post.ts";

/**
 * Refunds a part of a product order's charge: revenue → account. `alreadyRefunded` makes the key,
 * as in `refundOrders`. The caller holds the order's lock and raises `refunded` in the same
 * transaction.
 */
export function refundProductOrder(
  tx: Tx,
  input: {
    accountId: AccountId;
    productOrderId: ProductOrderId;
    amount: Amount;
    alreadyRefunded: Amount;
  },
): ReturnType<typeof post> {
  const { accountId, productOrderId, amount, alreadyRefunded } = input;
  return post(tx, {
    accountId,
    productOrderId,
    amount,
    kind: "refund",
    counter: "revenue",
    direction: 1,
    idempotencyKey: `product-order:${productOrderId}:refund:${alreadyRefunded}`,
  });
}

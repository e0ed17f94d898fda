import type { Tx } from "#database/transaction.ts";
import type { AccountId, ProductOrderId } from "#values/ids.ts";
import { absolute, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { post } from "#ledger/post.ts";

/**
 * What a product order costs us at its provider: the provider's account → purchases where the cost
 * rose, back where it fell. `number` makes the key. The caller holds the order's lock and sets
 * `booked_cost` in the same transaction. Takes the lock of the provider's account, which comes last
 * in the lock order.
 */
export function bookProductCost(
  tx: Tx,
  input: {
    accountId: AccountId;
    productOrderId: ProductOrderId;
    change: Amount;
    /** How many bookings this order has, including this one. */
    number: number;
  },
): ReturnType<typeof post> {
  const { accountId, productOrderId, change, number } = input;
  return post(tx, {
    accountId,
    productOrderId,
    amount: absolute(change),
    kind: change > zero ? "cost" : "cost_refund",
    counter: "purchases",
    direction: change > zero ? -1 : 1,
    idempotencyKey: `product-order:${productOrderId}:cost:${number}`,
  });
}

import type { Tx } from "#database/transaction.ts";
import type { AccountId, ProductOrderId } from "#values/ids.ts";
import type { Amount } from "#values/money.ts";
import { post } from "#ledger/post.ts";

/**
 * What a product order costs its buyer: account → revenue, in the transaction that writes the
 * order. Refused where what lies above the floor does not cover it.
 */
export function chargeProductOrder(
  tx: Tx,
  input: { accountId: AccountId; productOrderId: ProductOrderId; amount: Amount },
): ReturnType<typeof post> {
  const { accountId, productOrderId, amount } = input;
  return post(tx, {
    accountId,
    productOrderId,
    amount,
    kind: "charge",
    counter: "revenue",
    direction: -1,
    idempotencyKey: `product-order:${productOrderId}:charge`,
  });
}

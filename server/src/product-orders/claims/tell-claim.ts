import type { Tx } from "#database/transaction.ts";
import { recordEvents } from "#events/record.sql.ts";
import type { ProductClaim } from "#product-orders/claims.sql.ts";

/**
 * Sends `product_claim.updated`, with where the claim stands, to those who follow the account.
 * Locks the account.
 */
export async function tellClaim(
  tx: Tx,
  claim: Pick<ProductClaim, "accountId" | "id" | "productOrderId" | "status" | "quantity" | "note">,
): Promise<void> {
  const { accountId, id, productOrderId, status, quantity, note } = claim;
  await recordEvents(tx, [
    {
      accountId,
      kind: "product_claim.updated",
      data: { claim: id, product_order: productOrderId, status, quantity, note },
    },
  ]);
}

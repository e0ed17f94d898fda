import type { Tx } from "#database/transaction.ts";
import { listHeldItems } from "#products/stock/claimed-items.sql.ts";
import type { HeldItem } from "#products/stock/claimed-items.sql.ts";
import type { Product } from "#products/product.ts";
import { listClaimsOfOrder } from "#product-orders/claims.sql.ts";
import type { ProductClaim } from "#product-orders/claims.sql.ts";
import type { ProductOrder } from "#product-orders/product-orders.sql.ts";
import type { WarrantyFacts } from "./warranty-rule.ts";

/** The facts about a locked order that decide its warranty, and that claims change. */
export async function readWarrantyFacts(
  tx: Tx,
  order: ProductOrder,
  type: Product["type"],
): Promise<WarrantyFacts> {
  const { accountId, id, status, warrantyDays } = order;
  const claims = await listClaimsOfOrder(tx, accountId, id);
  const delivered = order.finishedAt ?? order.createdAt;
  const held = await listHeldItems(tx, accountId, id);
  const from = ({ isReplacement, soldAt }: HeldItem) => (isReplacement ? soldAt : delivered);
  return {
    status,
    warrantyDays,
    hasOpenClaim: claims.some((claim) => claim.status === "open"),
    lines: new Map(held.map((item) => [item.place, from(item)])),
    items: type === "auto" ? held.map(from) : itemsByHand(order, claims, delivered),
    isByLine: type === "auto",
  };
}

/**
 * For orders whose lines are not items: what was delivered less what was refunded. As many as were
 * replaced have a warranty of their own.
 */
function itemsByHand(
  order: ProductOrder,
  claims: readonly ProductClaim[],
  delivered: Date,
): readonly Date[] {
  const refunded = claims
    .filter((claim) => claim.status === "refunded")
    .reduce((sum, claim) => sum + claim.quantity, 0);
  const count = Math.max(0, order.delivered - refunded);
  const replaced = claims
    .filter((claim) => claim.status === "replaced")
    .toReversed()
    .flatMap((claim) => Array.from({ length: claim.quantity }, () => claim.endedAt ?? delivered));
  return Array.from({ length: count }, (_, index) => replaced[index] ?? delivered);
}

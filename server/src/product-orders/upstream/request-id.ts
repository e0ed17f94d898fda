import { hash } from "node:crypto";
import type { ProductOrder } from "#product-orders/product-orders.sql.ts";

/**
 * Names an attempt at a provider permanently. The id is made of the order itself: a panel restored
 * from a backup asks for the same order under the same id, and never for another order under it.
 * The sealed answer is not part of it, because it is sealed anew under another key.
 */
export function requestIdOf(order: ProductOrder, number: number): string {
  const { accountId, id, createdAt, productId, quantity, providerId, providerProduct } = order;
  const content = [accountId, id, createdAt, productId, quantity, providerId, providerProduct];
  return `pwp-${id}-${number}-${hash("sha256", JSON.stringify(content), "hex").slice(0, 20)}`;
}

import { hash } from "node:crypto";
import type { ProductOrder } from "#product-orders/product-orders.sql.ts";

/**
 * Names a try at a provider for good: made of the order itself, so that a panel that was restored from
 * a backup asks for the same order by the same name, and for another one never. The sealed answer is
 * no part of it: it is sealed anew under another key.
 */
export function requestIdOf(order: ProductOrder, number: number): string {
  const { accountId, id, createdAt, productId, quantity, providerId, providerProduct } = order;
  const content = [accountId, id, createdAt, productId, quantity, providerId, providerProduct];
  return `pwp-${id}-${number}-${hash("sha256", JSON.stringify(content), "hex").slice(0, 20)}`;
}

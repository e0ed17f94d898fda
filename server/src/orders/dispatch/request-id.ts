import { hash } from "node:crypto";
import type { Order } from "#orders/orders.sql.ts";

/**
 * Names an attempt at a provider permanently. The id is made of the order itself: a panel restored
 * from a backup asks for the same order under the same id, and never for another order under it.
 */
export function requestIdOf(order: Order, number: number): string {
  const { accountId, id, createdAt, link, quantity, providerId, providerService } = order;
  const content = [
    accountId,
    id,
    createdAt,
    link,
    quantity,
    providerId,
    providerService,
    order.fields,
  ];
  return `pw-${id}-${number}-${hash("sha256", JSON.stringify(content), "hex").slice(0, 20)}`;
}

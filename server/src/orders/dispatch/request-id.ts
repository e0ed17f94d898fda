import { hash } from "node:crypto";
import type { Order } from "#orders/orders.sql.ts";

/**
 * Names a try at a provider for good: made of the order itself, so that a panel that was restored from
 * a backup asks for the same order by the same name, and for another one never.
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

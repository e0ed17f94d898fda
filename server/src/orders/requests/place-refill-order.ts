import { randomUUID } from "node:crypto";
import type { Tx } from "#database/transaction.ts";
import { findService } from "#catalog/catalog.sql.ts";
import type { Service } from "#catalog/service.ts";
import { findPriceTerms } from "#customers/customers.sql.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";
import { effectiveRate, zero } from "#values/money.ts";
import { setOrderNote } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { expectedCost } from "#orders/expected-cost.ts";
import { placeOrderBatch } from "#orders/placing/place-orders.sql.ts";
import { findServiceType, serviceTypeOf } from "#orders/service-types/index.ts";

const triesMax = 3;

/**
 * Orders again what is missing of a locked order, at the service that refills it, free for the
 * customer and at our cost. The quantity is brought within the service's bounds. `undefined` where
 * it cannot be ordered: the service is not on sale, its orders need more than a link and a
 * quantity, or the customer is suspended. Locks the customer's account.
 */
export async function placeRefillOrder(
  tx: Tx,
  order: Order,
  serviceId: ServiceId,
  quantity: number,
): Promise<OrderId | undefined> {
  for (let tries = 0; tries < triesMax; tries++) {
    const service = await findService(tx, serviceId);
    const terms = await findPriceTerms(tx, order.accountId);
    if (terms === undefined || service?.isEnabled !== true) return undefined;
    if (!canRefill(service)) return undefined;
    const within = Math.min(Math.max(quantity, service.min), service.max);
    const [outcome] = await placeOrderBatch(tx, randomUUID(), [
      {
        accountId: order.accountId,
        keyId: undefined,
        keyVersion: undefined,
        serviceId,
        serviceVersion: service.version,
        priceVersion: terms.priceVersion,
        quantity: within,
        runs: undefined,
        intervalMinutes: undefined,
        rate: effectiveRate(0n),
        charge: zero,
        cost: expectedCost(serviceTypeOf(service.type), service.cost, within),
        link: order.link,
        fields: null,
        requestId: null,
        requestHash: null,
        source: "refill",
      },
    ]);
    if (outcome?.orderId !== undefined) {
      await setOrderNote(tx, order.accountId, outcome.orderId, `Refill of order ${order.id}`);
      return outcome.orderId;
    }
    // The service or the customer's prices changed in between. The next read is newer.
    if (outcome?.code !== "stale") return undefined;
  }
  return undefined;
}

/** True where orders of the service need no more than a link and a quantity. */
function canRefill(service: Pick<Service, "type">): boolean {
  const type = findServiceType(service.type);
  if (type?.pricing !== "per_thousand") return false;
  const needed = type.inputs.filter((input) => input.isRequired).map((input) => input.name);
  return needed.every((name) => name === "link" || name === "quantity");
}

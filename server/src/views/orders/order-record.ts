import type { Order } from "#orders/orders.sql.ts";
import { subtract } from "#values/money.ts";
import { wireStatus } from "#values/order-status.ts";
import type { Sight } from "#views/sight.ts";
import { money, moneyOrNull } from "#views/spelling.ts";

/** An order as staff see it; `charge` is what the customer pays after refunds, as API v2 shows it. */
export function orderRecord(order: Order, sight: Sight) {
  const kept = subtract(order.charge, order.refunded);
  return {
    order: order.id,
    customer: order.accountId,
    service: order.serviceId,
    status: wireStatus[order.status],
    charge: money(kept),
    start_count: order.startCount ?? null,
    remains: order.remains,
    link: order.link,
    quantity: order.quantity,
    runs: order.runs ?? null,
    interval: order.intervalMinutes ?? null,
    parent: order.parentId ?? null,
    run: order.run ?? null,
    fields: order.fields,
    rate: money(order.rate),
    charge_before_refunds: money(order.charge),
    refunded: money(order.refunded),
    ...(sight.cost && { cost: moneyOrNull(order.cost), booked_cost: money(order.bookedCost) }),
    ...(sight.profit && { profit: money(subtract(kept, order.bookedCost)) }),
    ...(sight.provider && {
      provider: order.providerId,
      provider_service: order.providerService ?? null,
      provider_order: order.providerOrder ?? null,
    }),
    request_id: order.requestId ?? null,
    note: order.note ?? null,
    created: order.createdAt,
    updated: order.updatedAt,
    started: order.startedAt ?? null,
    finished: order.finishedAt ?? null,
  };
}

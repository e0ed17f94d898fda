import type { Context } from "#database/context.ts";
import { findStuckOrders } from "#orders/reports/stuck.ts";
import type { StuckOrder } from "#orders/reports/stuck.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProviderId, ServiceId } from "#values/ids.ts";
import { wireStatus } from "#values/order-status.ts";
import { aliasesOf } from "#views/providers/provider-names.ts";
import { sightOf } from "#views/sight.ts";
import type { Sight } from "#views/sight.ts";

const ordersMax = 10_000;

/**
 * Orders that take too long, oldest first, and how many of them are at which provider for which
 * service.
 */
export async function viewStuckOrders(
  ctx: Context,
  actor: Actor,
  query: {
    readonly providerId?: ProviderId | undefined;
    readonly serviceId?: ServiceId | undefined;
    /** Only the muted ones, which are otherwise hidden. */
    readonly isMuted: boolean;
    readonly limit: number;
  },
) {
  authorize(actor, "orders.read");
  const sight = sightOf(actor);
  const orders = await findStuckOrders(ctx.db, {
    providerId: query.providerId,
    serviceId: query.serviceId,
    isMuted: query.isMuted,
    limit: ordersMax,
  });
  const aliases = await aliasesOf(ctx.db);
  const aliasOf = (order: StuckOrder) =>
    aliases.get(order.provider_id) ?? String(order.provider_id);
  return {
    orders: orders.slice(0, query.limit).map((order) => stuckRecord(order, aliasOf(order), sight)),
    counts: countWhere(orders, sight.provider ? aliasOf : undefined),
  };
}

/** How many are at which provider for which service, most first. */
function countWhere(
  orders: readonly StuckOrder[],
  aliasOf: ((order: StuckOrder) => string) | undefined,
) {
  const groups = Map.groupBy(orders, (order) =>
    aliasOf === undefined ? `${order.service_id}` : `${order.provider_id} ${order.service_id}`,
  );
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const provider = aliasOf && { provider: aliasOf(first) };
      return [{ ...provider, service: first.service_id, orders: group.length }];
    })
    .toSorted((a, b) => b.orders - a.orders);
}

function stuckRecord(order: StuckOrder, alias: string, sight: Sight) {
  return {
    order: order.id,
    customer: order.account_id,
    service: order.service_id,
    ...(sight.provider && { provider: order.provider_id, provider_alias: alias }),
    status: wireStatus[order.status],
    quantity: order.quantity,
    remains: order.remains,
    created: order.created_at,
    age_seconds: Math.round(order.age_seconds),
    quiet_seconds: Math.round(order.quiet_seconds),
    limit_seconds: Math.round(order.limit_seconds),
    limit_measured: order.is_measured,
    muted: order.muted,
  };
}

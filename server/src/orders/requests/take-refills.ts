import type { Tx } from "#database/transaction.ts";
import { findService } from "#catalog/catalog.sql.ts";
import type { Service } from "#catalog/service.ts";
import { readSettings } from "#settings/settings.ts";
import type { BuyerActor } from "#values/actor.ts";
import type { AccountId, OrderId, ProviderId, RefillId, ServiceId } from "#values/ids.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { openConnectors } from "./connectors-of-orders.ts";
import { lockOrders } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { placeRefillOrder } from "./place-refill-order.ts";
import { refillQuantity, refillVerdict } from "#orders/refill-rule.ts";
import type { RefillRefusal } from "#orders/refill-rule.ts";
import { insertRefills, linkRefillOrder, listLastRefills } from "#orders/requests.sql.ts";

export type TakeRefillRefusal = { readonly code: "order_unknown" } | RefillRefusal;

/** What the caller says about the present count. */
export type RefillAsking = {
  readonly currentCount?: number | undefined;
};

/**
 * Takes requests for refills of delivered orders, as far as the terms of their services grant them.
 * An order has one open request at a time. The provider that delivered it is asked, an order of our
 * own is placed at no charge, or staff carry it out. An order of another customer is refused as
 * unknown, and so is one that is a refill itself. It takes a few statements for any number of
 * orders.
 */
export async function takeRefills(
  tx: Tx,
  buyer: BuyerActor,
  ids: readonly OrderId[],
  { currentCount }: RefillAsking,
): Promise<ReadonlyMap<OrderId, Result<RefillId, TakeRefillRefusal>>> {
  const { accountId } = buyer;
  const verdicts = new Map<OrderId, Result<RefillId, TakeRefillRefusal>>();
  for (const id of ids) verdicts.set(id, refused({ code: "order_unknown" }));
  const orders = (await lockOrders(tx, accountId, ids)).filter(({ source }) => source !== "refill");
  const lasts = await listLastRefills(
    tx,
    accountId,
    orders.map(({ id }) => id),
  );
  const services = new Map<ServiceId, Service | undefined>();
  const granted: { readonly order: Order; readonly service: Service }[] = [];
  for (const order of orders) {
    const { id, serviceId } = order;
    if (!services.has(serviceId)) services.set(serviceId, await findService(tx, serviceId));
    const service = services.get(serviceId);
    const seen = lasts.get(id);
    const facts = { ...order, endedAt: order.finishedAt ?? order.updatedAt };
    const refusal: TakeRefillRefusal | undefined =
      service === undefined || seen === undefined
        ? { code: "refill_disabled" }
        : refillVerdict(service, facts, seen.last, { now: seen.now, currentCount });
    if (refusal !== undefined) verdicts.set(id, refused(refusal));
    else if (service !== undefined) granted.push({ order, service });
  }
  const refills = await insertAsked(tx, accountId, granted, { by: buyer, currentCount });
  for (const { order, service } of granted) {
    const refill = refills.get(order.id);
    if (refill === undefined) throw new Error(`the refill of order ${order.id} was not made`);
    if (service.refillTerms.by === "order") await orderIt(tx, order, service, refill, currentCount);
    verdicts.set(order.id, ok(refill));
  }
  return verdicts;
}

/** Records the requests, each for whoever can be asked. */
async function insertAsked(
  tx: Tx,
  accountId: AccountId,
  granted: readonly { readonly order: Order; readonly service: Service }[],
  asking: { readonly by: BuyerActor; readonly currentCount: number | undefined },
): Promise<ReadonlyMap<OrderId, RefillId>> {
  const connectorOf = openConnectors(tx);
  const requests: { orderId: OrderId; providerId: ProviderId | undefined }[] = [];
  for (const { order, service } of granted) {
    const isAsked = service.refillTerms.by === "provider" && order.providerOrder !== undefined;
    const connector = isAsked ? await connectorOf(order.providerId) : undefined;
    const providerId = connector?.refills === undefined ? undefined : order.providerId;
    requests.push({ orderId: order.id, providerId });
  }
  const { refill_deadline_hours: deadlineHours } = await readSettings(tx);
  return insertRefills(
    tx,
    accountId,
    requests.map(({ orderId, providerId }) => ({
      orderId,
      asked: providerId === undefined ? undefined : { providerId, deadlineHours },
    })),
    asking,
  );
}

/** Places our own order where its quantity is known. Otherwise the request waits for staff. */
async function orderIt(
  tx: Tx,
  order: Order,
  { refillTerms }: Service,
  refill: RefillId,
  currentCount: number | undefined,
): Promise<void> {
  const quantity = refillQuantity(refillTerms, order, currentCount);
  if (quantity === undefined || refillTerms.serviceId === undefined) return;
  const placed = await placeRefillOrder(tx, order, refillTerms.serviceId, quantity);
  if (placed !== undefined) await linkRefillOrder(tx, order.accountId, refill, placed);
}

import type { Tx } from "#database/transaction.ts";
import { findService } from "#catalog/catalog.sql.ts";
import type { Service } from "#catalog/service.ts";
import { readSettings } from "#settings/settings.ts";
import type { BuyerActor } from "#values/actor.ts";
import type { AccountId, CancelId, OrderId, ServiceId } from "#values/ids.ts";
import { isFinal } from "#values/order-status.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { openConnectors } from "./connectors-of-orders.ts";
import { cancelSchedule, listScheduled } from "#orders/schedules/change-schedule.ts";
import { lockOrders } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { insertCancels, listOpenCancels } from "#orders/requests.sql.ts";
import type { NewRequest } from "#orders/requests.sql.ts";
import { withdrawUnsent } from "#orders/dispatch/withdraw-order.ts";

export type TakeCancelRefusal =
  | { readonly code: "order_unknown" }
  | { readonly code: "cancel_disabled" }
  | { readonly code: "order_finished" };

/**
 * Takes requests to cancel orders. An order that no provider can have yet is canceled and refunded
 * at once. For any other order the request is taken and nothing is refunded yet: the provider is
 * asked if possible, staff otherwise. Asking again while a request is open returns the open one. It
 * takes a few statements for any number of orders; only schedules are ended one by one.
 */
export async function takeCancels(
  tx: Tx,
  buyer: BuyerActor,
  ids: readonly OrderId[],
): Promise<ReadonlyMap<OrderId, Result<CancelId, TakeCancelRefusal>>> {
  const { accountId } = buyer;
  const verdicts = new Map<OrderId, Result<CancelId, TakeCancelRefusal>>();
  for (const id of ids) verdicts.set(id, refused({ code: "order_unknown" }));
  const orders = await lockOrders(tx, accountId, ids);
  const open = await listOpenCancels(tx, accountId, ids);
  const services = new Map<ServiceId, Service | undefined>();
  const granted: Order[] = [];
  for (const order of orders) {
    const { id, serviceId } = order;
    if (!services.has(serviceId)) services.set(serviceId, await findService(tx, serviceId));
    const known = open.get(id);
    if (services.get(serviceId)?.cancel !== true) {
      verdicts.set(id, refused({ code: "cancel_disabled" }));
    } else if (isFinal(order.status)) verdicts.set(id, refused({ code: "order_finished" }));
    else if (known === undefined) granted.push(order);
    else verdicts.set(id, ok(known));
  }
  if (granted.length === 0) return verdicts;

  const plans = await planEach(tx, accountId, granted);
  const requests = plans.map(({ request }) => request);
  const cancels = await insertCancels(tx, accountId, requests, buyer);
  for (const { order, does } of plans) {
    const cancel = cancels.get(order.id);
    if (cancel === undefined) throw new Error(`the cancel of order ${order.id} was not made`);
    if (does === "stop") await cancelSchedule(tx, order, buyer);
    verdicts.set(order.id, ok(cancel));
  }
  const withdrawn = plans.filter(({ does }) => does === "withdraw").map(({ order }) => order);
  await withdrawUnsent(tx, accountId, withdrawn, buyer);
  return verdicts;
}

/** What a request is addressed to, and what can be done at once. */
type Plan = {
  readonly order: Order;
  readonly request: NewRequest;
  readonly does: "stop" | "withdraw" | "wait";
};

async function planEach(tx: Tx, accountId: AccountId, orders: readonly Order[]): Promise<Plan[]> {
  const connectorOf = openConnectors(tx);
  const scheduled = await listScheduled(
    tx,
    accountId,
    orders.map(({ id }) => id),
  );
  const { cancel_deadline_hours: deadlineHours } = await readSettings(tx);
  const plans: Plan[] = [];
  for (const order of orders) {
    const { id: orderId, providerId } = order;
    if (scheduled.has(orderId)) {
      plans.push({ order, request: { orderId, asked: undefined }, does: "stop" });
      continue;
    }
    const connector = await connectorOf(providerId);
    const asked = connector?.cancels === undefined ? undefined : { providerId, deadlineHours };
    // Staff may already have begun an order that is carried out by hand, without telling the panel.
    // They have not begun one that waits for a review.
    const isByHand = connector === undefined || connector.name === "manual";
    const isLeft = asked === undefined && isByHand && order.held === undefined;
    plans.push({ order, request: { orderId, asked }, does: isLeft ? "wait" : "withdraw" });
  }
  return plans;
}

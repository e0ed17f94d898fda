import { parseId } from "#values/ids.ts";
import type { OrderId } from "#values/ids.ts";
import { isFinal } from "#values/order-status.ts";
import { lookUpOrdersOf } from "#orders/lookup/lookup.sql.ts";
import type { ShownOrder } from "#orders/lookup/lookup.sql.ts";
import { listOrdersByKey } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { findSchedule, listRuns } from "#orders/schedules/schedules.sql.ts";
import type { RunRow, Schedule } from "#orders/schedules/schedules.sql.ts";
import { subscriptions } from "#orders/service-types/subscriptions.ts";
import { findFeed } from "#orders/schedules/feed-state.sql.ts";
import type { FeedState } from "#orders/schedules/feed-state.sql.ts";
import {
  feedFields,
  subscriptionFields,
  subscriptionWord,
} from "#orders/schedules/tell-subscription.ts";
import { json, refusedWith } from "#http/reseller/answer.ts";
import type { Answer } from "#http/reseller/answer.ts";
import { callerOf, callerRefusal } from "#http/reseller/call.ts";
import { idsMax } from "#http/reseller/request/bounds.ts";
import type { Call } from "#http/reseller/call.ts";

/** The most orders that the states in one answer may name. */
const runsShownMax = 100_000;

/** `status` of one order. Another customer's order reads as one that does not exist. */
export async function orderState(call: Call, idText: string): Promise<Answer> {
  const orderId = parseId<OrderId>(idText.trim());
  if (orderId === undefined) return refusedWith({ code: "order_unknown" });
  const answer = await call.context.lookups.orders.ask({ caller: callerOf(call.key), orderId });
  if (answer.caller !== "ok") return refusedWith(callerRefusal(answer.caller));
  const { found } = answer;
  if (found === undefined) return refusedWith({ code: "order_unknown" });
  if (!makesOrders(call, found)) {
    return json(call.dialect.order(found, call.context.settings().currency));
  }
  return json((await showAll(call, [found])).get(found.id));
}

/** `status` of several orders: an object keyed by the ids as they were sent. */
export async function orderStates(call: Call, idTexts: readonly string[]): Promise<Answer> {
  const { context, dialect, key } = call;
  const ids = new Map<string, OrderId>();
  for (const text of idTexts.slice(0, idsMax)) {
    const id = parseId<OrderId>(text);
    if (id !== undefined) ids.set(text, id);
  }
  const found = await lookUpOrdersOf(context.ctx.hot, callerOf(key), [...ids.values()]);
  if (found.caller !== "ok") return refusedWith(callerRefusal(found.caller));
  const shown = await showAll(call, found.orders);

  const unknown = JSON.stringify({ error: dialect.refusal({ code: "order_unknown" }) });
  const tooMany = JSON.stringify({
    error: dialect.refusal({ code: "too_many_ids", max: idsMax }),
  });
  const states = new Map<string, string>();
  idTexts.forEach((text, index) => states.set(text, index < idsMax ? unknown : tooMany));
  for (const [text, id] of ids) {
    const state = shown.get(id);
    if (state !== undefined) states.set(text, JSON.stringify(state));
  }
  // Written by hand: an object would reorder numeric keys and trip over names such as __proto__.
  const members = [...states].map(([text, state]) => `${JSON.stringify(text)}:${state}`);
  return { kind: "json", text: `{${members.join(",")}}` };
}

type Shown = Readonly<Record<string, unknown>>;

/** The orders as the caller's dialect shows them, by their ids. */
async function showAll(
  call: Call,
  orders: readonly ShownOrder[],
): Promise<ReadonlyMap<OrderId, Shown>> {
  const { currency } = call.context.settings();
  const shown = new Map(
    orders.map((order): [OrderId, Shown] => [order.id, call.dialect.order(order, currency)]),
  );
  const keys = orders
    .filter((order) => makesOrders(call, order))
    .map((order) => ({ accountId: call.key.accountId, orderId: order.id }));
  if (keys.length === 0) return shown;
  const { db } = call.context.ctx;
  const parents = keys.map((key) => key.orderId);
  const runs = await listRuns(db, call.key.accountId, parents, runsShownMax);
  const runsOf = Map.groupBy(runs, (run) => run.parent_id);
  for (const order of await listOrdersByKey(db, keys)) {
    const made = runsOf.get(order.id) ?? [];
    const more =
      order.runs === undefined
        ? subscriptionState(order, made, {
            schedule: await findSchedule(db, order.accountId, order.id),
            feed: await findFeed(db, { accountId: order.accountId, orderId: order.id }),
          })
        : runsState(order, made);
    shown.set(order.id, { ...shown.get(order.id), ...more });
  }
  return shown;
}

/** True for a drip-feed or a subscription, whose state has more fields. */
function makesOrders({ context }: Call, order: ShownOrder): boolean {
  if (order.role !== undefined) return order.role === "in_runs";
  return context.catalog.find(order.serviceId)?.type === subscriptions.wireName;
}

/**
 * What a drip-feed's state has besides an order's. One that its provider runs has no orders here.
 */
function runsState(order: Order, made: readonly RunRow[]): Shown {
  const done = made.filter((run) => isFinal(run.status)).length;
  return { runs: order.runs, runs_done: done, orders: made.map((run) => run.id) };
}

/** What a subscription's state has besides an order's; deployed panels call it `Active`. */
function subscriptionState(
  order: Order,
  made: readonly RunRow[],
  { schedule, feed }: { schedule: Schedule | undefined; feed: FeedState | undefined },
): Shown {
  return {
    status: subscriptionWord(order, schedule),
    ...subscriptionFields(order),
    orders: made.map((run) => run.id),
    ...feedFields(feed),
  };
}

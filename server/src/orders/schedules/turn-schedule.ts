import type { Tx } from "#database/transaction.ts";
import type { Order } from "#orders/orders.sql.ts";
import { ensureSchedule } from "./schedules.sql.ts";
import type { Schedule, ScheduleKind } from "./schedules.sql.ts";
import { turnDripFeed } from "./turn-drip-feed.ts";
import { ensureSubscription, turnSubscription } from "./turn-subscription.ts";

/** What a locked order that makes others is. */
export function kindOfSchedule(order: Order): ScheduleKind {
  return order.runs === undefined ? "subscription" : "drip_feed";
}

/** The schedule of a locked order that makes others, made where it is missing. */
export function scheduleOf(tx: Tx, order: Order): Promise<Schedule> {
  return kindOfSchedule(order) === "drip_feed"
    ? ensureSchedule(tx, order, "drip_feed")
    : ensureSubscription(tx, order);
}

/** One turn of a locked order that makes others; in how many seconds the next, or never. */
export function turnSchedule(tx: Tx, order: Order): Promise<number | undefined> {
  return kindOfSchedule(order) === "drip_feed"
    ? turnDripFeed(tx, order)
    : turnSubscription(tx, order);
}

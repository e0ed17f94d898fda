import type { Tx } from "#database/transaction.ts";
import type { Order } from "#orders/orders.sql.ts";
import { ensureSchedule } from "./schedules.sql.ts";
import type { Schedule, ScheduleKind } from "./schedules.sql.ts";
import { turnDripFeed } from "./turn-drip-feed.ts";
import { ensureSubscription, turnSubscription } from "./turn-subscription.ts";

/** Which kind of schedule a locked order is. */
export function kindOfSchedule(order: Order): ScheduleKind {
  return order.runs === undefined ? "subscription" : "drip_feed";
}

/** The schedule of a locked order that makes others, created if missing. */
export function scheduleOf(tx: Tx, order: Order): Promise<Schedule> {
  return kindOfSchedule(order) === "drip_feed"
    ? ensureSchedule(tx, order, "drip_feed")
    : ensureSubscription(tx, order);
}

/**
 * One turn of a locked order that makes others. Returns in how many seconds the next is due;
 * `undefined`: never.
 */
export function turnSchedule(tx: Tx, order: Order): Promise<number | undefined> {
  return kindOfSchedule(order) === "drip_feed"
    ? turnDripFeed(tx, order)
    : turnSubscription(tx, order);
}

import type { Order } from "#orders/orders.sql.ts";
import type { RunRow, Schedule } from "#orders/schedules/schedules.sql.ts";
import { wireStatus } from "#values/order-status.ts";
import type { Sight } from "#views/sight.ts";
import { moneyOf } from "#views/spelling.ts";
import { orderRecord } from "./order-record.ts";

/** A drip-feed or subscription together with its order. */
export function scheduleRecord(schedule: Schedule, order: Order, sight: Sight) {
  return {
    ...orderRecord(order, sight),
    state: schedule.status,
    reason: schedule.reason ?? null,
    next: schedule.status === "active" ? schedule.nextAt : null,
  };
}

export type RunRecord = ReturnType<typeof runRecord>;

/** An order that a drip-feed or subscription made. */
export function runRecord(run: RunRow) {
  return {
    run: run.run,
    order: run.id,
    status: wireStatus[run.status],
    quantity: run.quantity,
    remains: run.remains,
    start_count: run.start_count,
    charge: moneyOf(run.charge),
    link: run.link,
    created: run.created_at,
  };
}

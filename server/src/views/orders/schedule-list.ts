import type { Context } from "#database/context.ts";
import { listOrdersByKey } from "#orders/orders.sql.ts";
import { listSchedules } from "#orders/schedules/schedules.sql.ts";
import type { ScheduleKind } from "#orders/schedules/schedules.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { AccountId } from "#values/ids.ts";
import { sightOf } from "#views/sight.ts";
import { scheduleRecord } from "./schedule-record.ts";

/** Drip-feeds or subscriptions with their orders. */
export async function viewSchedules(
  ctx: Context,
  actor: Actor,
  query: {
    readonly kind: ScheduleKind;
    readonly customerId?: AccountId | undefined;
    /** Includes those that have ended. */
    readonly withDone: boolean;
    readonly limit: number;
  },
) {
  authorize(actor, "orders.read");
  const sight = sightOf(actor);
  const { kind, customerId, withDone, limit } = query;
  const schedules = await listSchedules(ctx.db, kind, {
    ...(customerId === undefined ? {} : { accountId: customerId }),
    withDone,
    limit,
  });
  const orders = new Map(
    (await listOrdersByKey(ctx.db, schedules)).map((order) => [order.id, order]),
  );
  return schedules.flatMap((schedule) => {
    const order = orders.get(schedule.orderId);
    return order === undefined ? [] : [scheduleRecord(schedule, order, sight)];
  });
}

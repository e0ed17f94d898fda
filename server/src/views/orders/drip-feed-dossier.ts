import type { Context } from "#database/context.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { findSchedule, listRuns } from "#orders/schedules/schedules.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { OrderId } from "#values/ids.ts";
import { sightOf } from "#views/sight.ts";
import { runRecord, scheduleRecord } from "./schedule-record.ts";

/** A drip-feed with the orders that it made; `undefined` where the order is not one. */
export async function viewDripFeed(
  ctx: Context,
  actor: Actor,
  query: { readonly id: OrderId; readonly limit: number },
) {
  authorize(actor, "orders.read");
  const order = await findOrder(ctx.db, query.id);
  const schedule = order && (await findSchedule(ctx.db, order.accountId, order.id));
  if (order === undefined || schedule?.kind !== "drip_feed") return undefined;
  const runs = await listRuns(ctx.db, order.accountId, [order.id], query.limit);
  return { ...scheduleRecord(schedule, order, sightOf(actor)), orders: runs.map(runRecord) };
}

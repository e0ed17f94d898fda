import type { Context } from "#database/context.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { findFeed } from "#orders/schedules/feed-state.sql.ts";
import { listOpenPosts } from "#orders/schedules/mirrored-posts.sql.ts";
import { findSchedule, listRuns } from "#orders/schedules/schedules.sql.ts";
import { tallyPosts } from "#orders/schedules/subscriptions.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { OrderId } from "#values/ids.ts";
import { sightOf } from "#views/sight.ts";
import { runRecord, scheduleRecord } from "./schedule-record.ts";

/**
 * A subscription with its feed and the orders of its posts; `undefined` where the order is not one.
 */
export async function viewSubscriptionDossier(
  ctx: Context,
  actor: Actor,
  query: { readonly id: OrderId; readonly limit: number },
) {
  authorize(actor, "orders.read");
  const sight = sightOf(actor);
  const order = await findOrder(ctx.db, query.id);
  const schedule = order && (await findSchedule(ctx.db, order.accountId, order.id));
  if (order === undefined || schedule?.kind !== "subscription") return undefined;
  const feed = await findFeed(ctx.db, schedule);
  const posts = await tallyPosts(ctx.db, schedule);
  const unmade = await listOpenPosts(ctx.db, schedule);
  const runs = await listRuns(ctx.db, order.accountId, [order.id], query.limit);
  return {
    ...scheduleRecord(schedule, order, sight),
    feed: feed?.url ?? null,
    feed_read: feed?.readAt ?? null,
    feed_failures: feed?.failures ?? 0,
    feed_problem: feed?.problem ?? null,
    feed_problem_since: feed?.failingSince ?? null,
    feed_skipped: feed?.skipped ?? 0,
    waiting: posts.waiting + unmade.length,
    upstream: schedule.isMirrored,
    ...(sight.provider && { upstream_orders: unmade }),
    orders: runs.map(runRecord),
  };
}

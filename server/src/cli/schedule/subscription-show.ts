import { listOpenPosts } from "#orders/schedules/mirrored-posts.sql.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { findSchedule, listRuns } from "#orders/schedules/schedules.sql.ts";
import { findFeed } from "#orders/schedules/feed-state.sql.ts";
import { tallyPosts } from "#orders/schedules/subscriptions.sql.ts";
import { wireStatus } from "#values/order-status.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { orderId } from "#cli/kit/order-id.ts";
import { shownTime } from "#cli/kit/output.ts";
import { runJson, runsTable, scheduleJson } from "./schedule-output.ts";
import { limitOption } from "#cli/kit/shared.ts";

const limit = limitOption(1000);

export const subscriptionShow: CliCommand = {
  name: "subscription show",
  summary: "Shows a subscription with its feed and the orders of its posts.",
  options: [orderId, limit],
  positions: [orderId],
  run: async (panel, given) => {
    const open = await panel.open();
    const { db } = open.ctx;
    const order = await findOrder(db, given(orderId));
    const schedule = order && (await findSchedule(db, order.accountId, order.id));
    if (order === undefined || schedule?.kind !== "subscription") {
      return refuse({ code: "schedule_unknown", kind: "subscription" });
    }
    const feed = await findFeed(db, schedule);
    const posts = await tallyPosts(db, schedule);
    const unmade = await listOpenPosts(db, schedule);
    const runs = await listRuns(db, order.accountId, [order.id], given(limit));
    const read = feed?.readAt === undefined ? "not read yet" : `read ${shownTime(feed.readAt)} UTC`;
    const lines = [
      `Order ${order.id}: ${wireStatus[order.status]}, ${schedule.status}` +
        (schedule.reason === undefined ? "." : ` (${schedule.reason}).`),
      schedule.isMirrored
        ? "Its provider runs it."
        : feed?.url === undefined
          ? "No feed."
          : `Feed ${feed.url}, ${read}.`,
      ...(feed?.problem === undefined
        ? []
        : [
            feed.failingSince === undefined
              ? `The last reading failed: ${feed.problem}.`
              : `Unreadable since ${shownTime(feed.failingSince)} UTC: ${feed.problem}.`,
          ]),
      ...(feed === undefined || feed.skipped === 0
        ? []
        : [`${feed.skipped} entries of it name no post that could be ordered.`]),
      `${runs.length} posts have an order, ${posts.waiting + unmade.length} wait for theirs.`,
      ...unmade.flatMap(({ provider_order: number, problem }) =>
        problem === null ? [] : [`The provider's order ${number} is not charged: ${problem}.`],
      ),
      "",
      runsTable(runs),
    ];
    const json = {
      ...scheduleJson(schedule, order),
      feed: feed?.url ?? null,
      feed_read: feed?.readAt ?? null,
      feed_failures: feed?.failures ?? 0,
      feed_problem: feed?.problem ?? null,
      feed_problem_since: feed?.failingSince ?? null,
      feed_skipped: feed?.skipped ?? 0,
      waiting: posts.waiting + unmade.length,
      upstream: schedule.isMirrored,
      upstream_orders: unmade,
      orders: runs.map(runJson),
    };
    return answer(json, lines.join("\n"));
  },
};

import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import { recordEvents } from "#events/record.sql.ts";
import { isFinal, wireStatus } from "#values/order-status.ts";
import { findLastRun, listLastRuns } from "./mirrored-posts.sql.ts";
import { lockOrder } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { findSchedule } from "./schedules.sql.ts";
import type { Schedule } from "./schedules.sql.ts";
import { findFeed } from "./feed-state.sql.ts";
import type { FeedState } from "./feed-state.sql.ts";

/** How many orders one event names: the newest ones. */
const ordersTold = 100;

/** A subscription's state in the words that deployed panels use. */
export function subscriptionWord(
  order: Pick<Order, "status">,
  schedule: Pick<Schedule, "status" | "reason"> | undefined,
): string {
  if (isFinal(order.status)) {
    return schedule?.reason === "expired" ? "Expired" : wireStatus[order.status];
  }
  return schedule?.status === "paused" ? "Paused" : "Active";
}

/** What a subscription was ordered with, as `status` shows it. */
export function subscriptionFields({ fields }: Pick<Order, "fields">): {
  readonly expiry: unknown;
  readonly posts: string | null;
} {
  const { expiry, posts } = fields;
  return { expiry: expiry ?? null, posts: typeof posts === "number" ? String(posts) : null };
}

/** What is wrong with a subscription's feed, as customers see it. Empty where all is well. */
export function feedFields(
  feed: Pick<FeedState, "problem" | "failingSince" | "skipped"> | undefined,
): {
  readonly feed_problem?: string;
  readonly feed_problem_since?: Date;
  readonly feed_skipped?: number;
} {
  if (feed === undefined) return {};
  const { problem, failingSince, skipped } = feed;
  return {
    ...(problem !== undefined && { feed_problem: problem }),
    ...(failingSince !== undefined && { feed_problem_since: failingSince }),
    ...(skipped > 0 && { feed_skipped: skipped }),
  };
}

/** What customers see of a subscription, beside the states of its orders. */
export type SubscriptionView = {
  readonly word: string;
  readonly made: number;
  /** True while its feed cannot be read. */
  readonly isFailing: boolean;
};

/** How a subscription is seen now. */
export async function viewSubscription(
  db: Queryable,
  order: Pick<Order, "accountId" | "id" | "status">,
): Promise<SubscriptionView> {
  const key = { accountId: order.accountId, orderId: order.id };
  const schedule = await findSchedule(db, key.accountId, key.orderId);
  const feed = await findFeed(db, key);
  return {
    word: subscriptionWord(order, schedule),
    made: await findLastRun(db, key),
    isFailing: feed?.problem !== undefined,
  };
}

/**
 * Sends `subscription.updated` for a locked subscription that customers see differently than
 * before. Locks the account.
 */
export async function tellSubscription(
  tx: Tx,
  { accountId, id: orderId }: Pick<Order, "accountId" | "id">,
  before: SubscriptionView,
): Promise<void> {
  const order = await lockOrder(tx, accountId, orderId);
  if (order === undefined) return;
  const after = await viewSubscription(tx, order);
  const isSame = after.word === before.word && after.made === before.made;
  if (isSame && after.isFailing === before.isFailing) return;
  const orders = await listLastRuns(tx, { accountId, orderId }, ordersTold);
  const feed = feedFields(await findFeed(tx, { accountId, orderId }));
  const data = { status: after.word, ...subscriptionFields(order), orders, ...feed };
  await recordEvents(tx, [{ accountId, orderId, kind: "subscription.updated", data }]);
}

import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import { recordEvents } from "#events/record.sql.ts";
import { isFinal, wireStatus } from "#values/order-status.ts";
import { findLastRun, listLastRuns } from "./mirrored-posts.sql.ts";
import { lockOrder } from "./orders.sql.ts";
import type { Order } from "./orders.sql.ts";
import { findSchedule } from "./schedules.sql.ts";
import type { Schedule } from "./schedules.sql.ts";

/** How many orders one event names: the newest. */
const ordersTold = 100;

/** A subscription's state in the words that deployed panels have for it. */
export function subscriptionWord(
  order: Pick<Order, "status">,
  schedule: Pick<Schedule, "status" | "reason"> | undefined,
): string {
  if (isFinal(order.status)) {
    return schedule?.reason === "expired" ? "Expired" : wireStatus[order.status];
  }
  return schedule?.status === "paused" ? "Paused" : "Active";
}

/** What a subscription was ordered with, as `status` has it. */
export function subscriptionFields({ fields }: Pick<Order, "fields">): {
  readonly expiry: unknown;
  readonly posts: string | null;
} {
  const { expiry, posts } = fields;
  return { expiry: expiry ?? null, posts: typeof posts === "number" ? String(posts) : null };
}

/** What of a subscription is seen outside, beside its orders' own states. */
export type SubscriptionView = { readonly word: string; readonly made: number };

/** How a subscription is seen now. */
export async function viewSubscription(
  db: Queryable,
  order: Pick<Order, "accountId" | "id" | "status">,
): Promise<SubscriptionView> {
  const key = { accountId: order.accountId, orderId: order.id };
  const schedule = await findSchedule(db, key.accountId, key.orderId);
  return { word: subscriptionWord(order, schedule), made: await findLastRun(db, key) };
}

/**
 * Tells of a locked subscription (`subscription.updated`) where it is seen differently from before.
 * Locks the account.
 */
export async function tellSubscription(
  tx: Tx,
  { accountId, id: orderId }: Pick<Order, "accountId" | "id">,
  before: SubscriptionView,
): Promise<void> {
  const order = await lockOrder(tx, accountId, orderId);
  if (order === undefined) return;
  const after = await viewSubscription(tx, order);
  if (after.word === before.word && after.made === before.made) return;
  const orders = await listLastRuns(tx, { accountId, orderId }, ordersTold);
  const data = { status: after.word, ...subscriptionFields(order), orders };
  await recordEvents(tx, [{ accountId, orderId, kind: "subscription.updated", data }]);
}

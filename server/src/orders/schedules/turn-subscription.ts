import type { Tx } from "#database/transaction.ts";
import { systemActor } from "#values/actor.ts";
import { isFinal } from "#values/order-status.ts";
import { auditRefusedPost, postJudge } from "#orders/hold-rules/judge-post.ts";
import { heldBy } from "#orders/hold-rules/rule.ts";
import { moveOrder } from "#orders/move-order.ts";
import type { Order } from "#orders/orders.sql.ts";
import { orderPost } from "./place-post-order.ts";
import { canPayPost } from "#orders/subscriptions/post-price.ts";
import { ensureSchedule, updateSchedule } from "./schedules.sql.ts";
import type { Schedule } from "./schedules.sql.ts";
import {
  isFeedAddress,
  subscriptionEnd,
  subscriptionOf,
} from "#orders/subscriptions/subscription.ts";
import { tellSubscription, viewSubscription } from "./tell-subscription.ts";
import { findFeed, startFeed } from "./feed-state.sql.ts";
import { findDuePost, setPostOrdered, setPostRefused, tallyPosts } from "./subscriptions.sql.ts";

const byItself = systemActor("run-schedules");

const postsAtOnce = 20;
const pausedSeconds = 3600;
const fundsSeconds = 60;
const noFundsSeconds = 300;
const notSoldSeconds = 600;

/** The schedule of a locked subscription; its username may be the address of its feed. */
export async function ensureSubscription(tx: Tx, order: Order): Promise<Schedule> {
  const known = await findFeed(tx, { accountId: order.accountId, orderId: order.id });
  const schedule = await ensureSchedule(tx, order, "subscription");
  const { username } = order.fields;
  if (known === undefined && isFeedAddress(username)) {
    await startFeed(tx, schedule, username);
  }
  return schedule;
}

/**
 * One turn of a locked subscription: makes the orders of posts that are due, charging each as it is
 * made, and ends the subscription when its time has come. Without funds it pauses: its posts wait,
 * its feed is not read, and it resumes by itself once there are funds. Returns in how many seconds
 * to look again; `undefined`: never. Locks the account where an order is made. Feeds are read
 * elsewhere.
 */
export async function turnSubscription(tx: Tx, order: Order): Promise<number | undefined> {
  const before = await viewSubscription(tx, order);
  const inSeconds = await turn(tx, order);
  await tellSubscription(tx, order, before);
  return inSeconds;
}

async function turn(tx: Tx, locked: Order): Promise<number | undefined> {
  let order = locked;
  let schedule = await ensureSubscription(tx, order);
  if (isFinal(order.status)) return undefined;
  const feed = await findFeed(tx, schedule);
  const isStarted = feed?.url === undefined || feed.readAt !== undefined;
  const subscription = subscriptionOf(order);
  for (let made = 0; ; made++) {
    const tally = await tallyPosts(tx, schedule);
    const now = tally.now.getTime();
    if (schedule.status === "stopped") return end(tx, order, schedule, "canceled");
    const counted = { newPosts: tally.new_posts, waiting: tally.waiting, isStarted };
    const over = subscriptionEnd(subscription, counted, now);
    if (over !== undefined) return end(tx, order, schedule, over);
    const rest = secondsUntil(subscription.expiresAt, now);
    if (isPausedByHand(schedule)) return Math.min(rest, pausedSeconds);

    const post = made < postsAtOnce ? await findDuePost(tx, schedule) : undefined;
    if (post === undefined) {
      const next = secondsUntil(tally.next_at?.getTime(), now);
      if (schedule.reason !== "funds" || made === postsAtOnce) {
        return Math.min(rest, next, pausedSeconds);
      }
      if (!(await canPayPost(tx, order))) return Math.min(rest, next, noFundsSeconds);
      schedule = await setState(tx, schedule, "active", undefined);
      continue;
    }
    const rule = (await postJudge(tx, order))(post.link);
    if (rule?.decision === "refuse") {
      await setPostRefused(tx, schedule, post.hash);
      await auditRefusedPost(tx, order, post.link, rule);
      continue;
    }
    const held = rule && { held: heldBy([rule]) };
    const outcome = await orderPost(tx, order, { ...post, ...held }, tally.run + 1);
    if (outcome !== "accepted") {
      const isFunds = outcome === "insufficient";
      if (isFunds) await setState(tx, schedule, "paused", "funds");
      const wait = isFunds ? fundsSeconds : outcome === "stale" ? 1 : notSoldSeconds;
      return Math.min(rest, wait);
    }
    await setPostOrdered(tx, schedule, post.hash, tally.run + 1);
    if (schedule.reason === "funds") schedule = await setState(tx, schedule, "active", undefined);
    if (order.status === "pending") order = await moveOrFail(tx, order, "in_progress");
  }
}

/**
 * A subscription paused for lack of funds tries again by itself; one paused by a person does not.
 * One paused because its feed was given up still orders posts that its customer announces.
 */
function isPausedByHand({ status, reason }: Schedule): boolean {
  return status === "paused" && reason !== "funds" && reason !== "feed";
}

/**
 * No feed is read for a locked subscription whose customer could not pay for a post, until there
 * are funds.
 */
export async function pauseForFunds(tx: Tx, order: Order): Promise<void> {
  const before = await viewSubscription(tx, order);
  const schedule = await ensureSubscription(tx, order);
  if (schedule.status === "active") await setState(tx, schedule, "paused", "funds");
  await tellSubscription(tx, order, before);
}

async function setState(
  tx: Tx,
  schedule: Schedule,
  status: Schedule["status"],
  reason: string | undefined,
): Promise<Schedule> {
  const after = { ...schedule, status, reason };
  await updateSchedule(tx, after);
  return after;
}

async function end(
  tx: Tx,
  order: Order,
  schedule: Schedule,
  how: "completed" | "expired" | "canceled",
): Promise<undefined> {
  await setState(tx, schedule, "done", how);
  await moveOrFail(tx, order, how === "canceled" ? "canceled" : "completed");
}

async function moveOrFail(
  tx: Tx,
  order: Order,
  status: "in_progress" | "completed" | "canceled",
): Promise<Order> {
  const moved = await moveOrder(tx, order, { status, by: byItself });
  if (!moved.ok) throw new Error(`subscription ${order.id} did not move: ${moved.refusal.code}`);
  return moved.value.after;
}

function secondsUntil(at: number | undefined, now: number): number {
  return at === undefined ? Infinity : Math.max(0, at - now) / 1000;
}

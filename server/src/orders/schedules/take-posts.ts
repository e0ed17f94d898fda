import { randomInt } from "node:crypto";
import { audit } from "#audit/audit.sql.ts";
import type { Tx } from "#database/transaction.ts";
import { readSettings } from "#settings/settings.ts";
import type { FeedEntry } from "#orders/subscriptions/feed/entry.ts";
import type { FeedAnswer } from "#orders/subscriptions/feed/fetch-feed.ts";
import type { DueFeed } from "#orders/subscriptions/feeds.sql.ts";
import { auditRefusedPost, postJudge } from "#orders/hold-rules/judge-post.ts";
import type { Order } from "#orders/orders.sql.ts";
import { postsOnce } from "#orders/subscriptions/post-identity.ts";
import { findSchedule, updateSchedule } from "./schedules.sql.ts";
import { readPause, sortEntries, subscriptionOf } from "#orders/subscriptions/subscription.ts";
import type { SeenPost, Subscription } from "#orders/subscriptions/subscription.ts";
import { systemActor } from "#values/actor.ts";
import { cut, storable } from "#values/text.ts";
import { jittered } from "#values/back-off.ts";
import { findFeed, updateFeed } from "./feed-state.sql.ts";
import { findKnownPosts, insertPost, tallyPosts } from "./subscriptions.sql.ts";
import { tellSubscription, viewSubscription } from "./tell-subscription.ts";

/** A feed that suddenly has more new posts than this gets the others at its next reading. */
const newPostsMax = 50;

const dayMs = 86_400_000;
const problemLengthMax = 500;
/** Per cent by which a pause between two readings varies, so that feeds drift apart. */
const jitterPercent = { less: 10, more: 10 };

/**
 * Takes the result of a reading into a locked subscription, and says when to read again. A
 * subscription whose feed has failed for days is paused, and its customer is told.
 */
export async function takeReading(
  tx: Tx,
  order: Order,
  { url, lease }: Pick<DueFeed, "url" | "lease">,
  answer: Exclude<FeedAnswer, { kind: "moved" }>,
): Promise<void> {
  const key = { accountId: order.accountId, orderId: order.id };
  const schedule = await findSchedule(tx, key.accountId, key.orderId);
  const feed = await findFeed(tx, key);
  // In the meantime it got another feed, or none, or somebody else reads it.
  if (schedule === undefined || feed?.url !== url || feed.lease !== lease) return;
  const before = await viewSubscription(tx, order);
  switch (answer.kind) {
    case "failed": {
      const failures = feed.failures + 1;
      const failingMs = await updateFeed(tx, key, {
        ...feed,
        // An address that never was a feed is not read forever: most likely it is a profile.
        url: answer.isNoFeed && feed.readAt === undefined ? undefined : feed.url,
        failures,
        problem: cut(storable(answer.reason), problemLengthMax),
        isRead: false,
        nextSeconds: jittered(readPause(failures, answer.retryAfterSeconds), jitterPercent),
      });
      const { feed_failing_days: days } = await readSettings(tx);
      if (failingMs >= days * dayMs && schedule.status === "active") {
        await updateSchedule(tx, { ...schedule, status: "paused", reason: "feed" });
        await audit(tx, {
          actor: systemActor("read-feeds"),
          action: "subscription.pause",
          subject: `order:${order.id}`,
          before: { status: schedule.status },
          after: { status: "paused", reason: "feed", problem: answer.reason },
        });
      }
      break;
    }
    case "unchanged":
      await updateFeed(tx, key, { ...feed, ...fine(), isRead: true });
      break;
    case "content": {
      const { etag, modified, content } = answer;
      const isWhole = await takeEntries(tx, order, content.entries, feed.readAt !== undefined);
      await updateFeed(tx, key, {
        ...feed,
        ...fine(),
        // The server must not report posts that were not taken yet as unchanged.
        etag: isWhole ? etag : undefined,
        modified: isWhole ? modified : undefined,
        skipped: content.skipped,
        isRead: true,
      });
    }
  }
  await tellSubscription(tx, order, before);
}

function fine(): { failures: number; problem: undefined; nextSeconds: number } {
  return { failures: 0, problem: undefined, nextSeconds: jittered(readPause(0), jitterPercent) };
}

/** True where all entries were taken. */
async function takeEntries(
  tx: Tx,
  order: Order,
  entries: readonly FeedEntry[],
  isStarted: boolean,
): Promise<boolean> {
  const key = { accountId: order.accountId, orderId: order.id };
  const once = postsOnce(entries);
  const known = await findKnownPosts(tx, key, once);
  const unknown = await withoutRefused(
    tx,
    order,
    once.filter((_, n) => !known.has(n)),
  );
  const subscription = subscriptionOf(order);
  const { new_posts: newPosts, waiting } = await tallyPosts(tx, key);
  const seen = sortEntries(subscription, { newPosts, waiting, isStarted }, unknown);
  let taken = 0;
  for (const post of seen) {
    if (post.is === "new" && ++taken > newPostsMax) return false;
    await takePost(tx, order, subscription, post);
  }
  return true;
}

/** Posts at links that a rule refuses are known from now on, and take no other post's place. */
async function withoutRefused(
  tx: Tx,
  order: Order,
  entries: readonly FeedEntry[],
): Promise<readonly FeedEntry[]> {
  if (entries.length === 0) return entries;
  const judge = await postJudge(tx, order);
  const subscription = subscriptionOf(order);
  const left: FeedEntry[] = [];
  for (const entry of entries) {
    const rule = judge(entry.link);
    if (rule?.decision === "refuse") {
      await takePost(tx, order, subscription, { ...entry, is: "known" });
      await auditRefusedPost(tx, order, entry.link, rule);
    } else left.push(entry);
  }
  return left;
}

/** Records a post. A wanted one waits for its order, whose quantity is drawn now. */
export async function takePost(
  tx: Tx,
  order: Order,
  subscription: Subscription,
  post: Pick<SeenPost, "id" | "link" | "is">,
): Promise<void> {
  const { id, link, is } = post;
  const { min, max, delayMs } = subscription;
  const key = { accountId: order.accountId, orderId: order.id };
  await insertPost(tx, key, {
    id,
    link,
    isOld: is === "old",
    order:
      is === "known"
        ? undefined
        : { quantity: randomQuantity(min, max), inSeconds: delayMs / 1000 },
  });
}

const randomRangeMax = 2 ** 48 - 1;

/** Any whole number from `min` to `max`, each equally likely. */
function randomQuantity(min: number, max: number): number {
  return min + randomInt(Math.min(max - min + 1, randomRangeMax));
}

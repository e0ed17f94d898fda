import { randomInt } from "node:crypto";
import type { Context } from "#database/context.ts";
import type { Tx } from "#database/transaction.ts";
import { sendRequest } from "#outgoing/send-request.ts";
import { readSettings } from "#settings/settings.ts";
import { decodeFeed } from "./feed/decode-feed.ts";
import type { FeedEntry } from "./feed/entry.ts";
import { readFeed } from "./feed/read-feed.ts";
import { auditRefusedPost, postJudge } from "./hold-rules/judge-post.ts";
import type { Order } from "./orders.sql.ts";
import { findSchedule, updateSchedule } from "./schedules.sql.ts";
import { readPause, sortEntries, subscriptionOf } from "./subscription.ts";
import type { SeenPost, Subscription } from "./subscription.ts";
import {
  findFeed,
  findKnownPosts,
  insertPost,
  tallyPosts,
  updateFeed,
} from "./subscriptions.sql.ts";
import type { FeedState } from "./subscriptions.sql.ts";
import { isPausedByHand } from "./turn-subscription.ts";

const feedBytesMax = 4 * 1024 * 1024;
const feedTimeoutMs = 15_000;
const headerLengthMax = 500;
/** A feed that suddenly has more new posts than this shows the others at its next reading. */
const newPostsMax = 50;

/** What a reading of a feed brought. */
export type FeedReading = { readonly url: string } & (
  | {
      readonly kind: "entries";
      readonly entries: readonly FeedEntry[];
      readonly etag: string | undefined;
      readonly modified: string | undefined;
    }
  | { readonly kind: "unchanged" }
  | { readonly kind: "failed"; readonly reason: string; readonly isNoFeed: boolean }
);

/** Reads a subscription's feed where that is due, outside every transaction. */
export async function readDueFeed(ctx: Context, order: Order): Promise<FeedReading | undefined> {
  const key = { accountId: order.accountId, orderId: order.id };
  const schedule = await findSchedule(ctx.db, key.accountId, key.orderId);
  const feed = await findFeed(ctx.db, key);
  if (schedule === undefined || feed?.url === undefined) return undefined;
  const { now } = await tallyPosts(ctx.db, key);
  if (schedule.nextAt > now || isPausedByHand(schedule)) return undefined;
  const { feeds_private: isPrivate } = await readSettings(ctx.db);
  return fetchFeed(feed.url, feed, isPrivate === "yes");
}

async function fetchFeed(url: string, feed: FeedState, isPrivate: boolean): Promise<FeedReading> {
  const reply = await sendRequest({
    method: "GET",
    url,
    headers: {
      accept: "application/feed+json, application/rss+xml, application/atom+xml, */*;q=0.5",
      ...(feed.etag !== undefined && { "if-none-match": feed.etag }),
      ...(feed.modified !== undefined && { "if-modified-since": feed.modified }),
    },
    timeoutMs: feedTimeoutMs,
    bytesMax: feedBytesMax,
    isPrivate,
    isBinary: true,
  });
  if (reply.kind === "redirected") {
    const reason = `it has moved to ${reply.location}`;
    return { url, kind: "failed", reason, isNoFeed: false };
  }
  if (reply.kind !== "answered") {
    return { url, kind: "failed", reason: reply.reason, isNoFeed: false };
  }
  if (reply.status === 304) return { url, kind: "unchanged" };
  if (reply.status !== 200) {
    return { url, kind: "failed", reason: `it answered HTTP ${reply.status}`, isNoFeed: false };
  }
  const text = decodeFeed(Buffer.from(reply.text, "latin1"), reply.contentType);
  const read = readFeed(text, url);
  if (!read.ok) return { url, kind: "failed", reason: read.refusal.reason, isNoFeed: true };
  return {
    url,
    kind: "entries",
    entries: read.value,
    etag: headerOf(reply.etag),
    modified: headerOf(reply.lastModified),
  };
}

function headerOf(text: string | undefined): string | undefined {
  return text === undefined || text.length > headerLengthMax ? undefined : text;
}

/** Takes what a reading brought into a locked subscription, and says when to read again. */
export async function takeReading(tx: Tx, order: Order, reading: FeedReading): Promise<void> {
  const key = { accountId: order.accountId, orderId: order.id };
  const schedule = await findSchedule(tx, key.accountId, key.orderId);
  const feed = await findFeed(tx, key);
  // Meanwhile it was given another feed, or none.
  if (schedule === undefined || feed === undefined || feed.url !== reading.url) return;
  const { now } = await tallyPosts(tx, key);
  const failures = reading.kind === "failed" ? feed.failures + 1 : 0;
  const nextAt = new Date(now.getTime() + readPause(failures));
  await updateSchedule(tx, { ...schedule, nextAt });
  switch (reading.kind) {
    case "failed": {
      // What never was a feed is not asked for ever: a profile's address, most likely.
      const url = reading.isNoFeed && feed.readAt === undefined ? undefined : feed.url;
      await updateFeed(tx, key, {
        ...feed,
        url,
        failures,
        problem: reading.reason.slice(0, headerLengthMax),
        isRead: false,
      });
      return;
    }
    case "unchanged":
      await updateFeed(tx, key, { ...feed, failures, problem: undefined, isRead: true });
      return;
    case "entries": {
      const { etag, modified } = reading;
      const isWhole = await takeEntries(tx, order, reading.entries, feed.readAt !== undefined);
      await updateFeed(tx, key, {
        ...feed,
        // Of what was not taken yet the server must not say that it has not changed.
        etag: isWhole ? etag : undefined,
        modified: isWhole ? modified : undefined,
        failures,
        problem: undefined,
        isRead: true,
      });
    }
  }
}

/** True where all entries were taken. */
async function takeEntries(
  tx: Tx,
  order: Order,
  entries: readonly FeedEntry[],
  isStarted: boolean,
): Promise<boolean> {
  const key = { accountId: order.accountId, orderId: order.id };
  const known = await findKnownPosts(tx, key, entries);
  const unknown = await withoutRefused(
    tx,
    order,
    entries.filter((_, n) => !known.has(n)),
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

/** Posts at links that a rule refuses are known from now on, and take no other's place. */
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

/** Notes a post; one that is wanted waits for its order, of a quantity drawn now. */
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

/** Any whole number from `min` to `max` with the same chance. */
function randomQuantity(min: number, max: number): number {
  return min + randomInt(Math.min(max - min + 1, randomRangeMax));
}

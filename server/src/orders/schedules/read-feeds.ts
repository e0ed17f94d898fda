import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import { parseUrl } from "#outgoing/send-request.ts";
import { readSettings } from "#settings/settings.ts";
import type { Settings } from "#settings/settings.ts";
import { setTask } from "#tasks/tasks.sql.ts";
import { isFinal } from "#values/order-status.ts";
import { feedHostOf } from "#orders/subscriptions/feed/feed-host.ts";
import type { FeedAnswer } from "#orders/subscriptions/feed/fetch-feed.ts";
import { openFeedReader } from "#orders/subscriptions/feed/open-feed-reader.ts";
import type { FeedReader } from "#orders/subscriptions/feed/open-feed-reader.ts";
import { leaseFeeds, putOffFeed, takeHostTurn } from "#orders/subscriptions/feeds.sql.ts";
import type { DueFeed } from "#orders/subscriptions/feeds.sql.ts";
import { listOrdersByKey, lockOrder } from "#orders/orders.sql.ts";
import { canPayPost } from "#orders/subscriptions/post-price.ts";
import { takeReading } from "./take-posts.ts";
import { pauseForFunds, turnSubscription } from "./turn-subscription.ts";

/** How feeds are read by default. */
export const feedTerms = {
  /** How many are read at a time: in all, of a customer, at a host. */
  parallel: 24,
  perCustomer: 2,
  perHost: 4,
  /** Longer than a reading may take. */
  leaseSeconds: 120,
  /** How often to look for due feeds, while some are being read and while none is. */
  lookMs: 200,
  idleMs: 1000,
  /** After this long without anything due it ends, and the reading process with it. */
  restMs: 30_000,
};

const redirectsMax = 5;
const putOffSecondsMax = 60;

/**
 * Reads the feeds that are due, in turn by customer and no host more often than allowed, until
 * nothing was due for a while. Their posts are taken into the subscriptions. Any number of workers
 * may do this. After `signal` readings under way are given up and due again at once.
 */
export async function readFeeds(
  ctx: Context,
  signal: AbortSignal,
  terms = feedTerms,
): Promise<void> {
  const reader = openFeedReader((how) => ctx.log.warn({ how }, "process that reads feeds ended"));
  const giveUp = () => reader.close();
  signal.addEventListener("abort", giveUp);
  const underWay = new Set<Promise<void>>();
  let endsAt = performance.now() + terms.restMs;
  try {
    while (!signal.aborted) {
      const settings = await readSettings(ctx.db);
      const limit = terms.parallel - underWay.size;
      const due = limit === 0 ? [] : await leaseDue(ctx, { ...terms, limit }, settings);
      for (const feed of due) {
        const reading = readInRound({ ctx, reader, signal, settings }, feed);
        const done: Promise<void> = reading.finally(() => underWay.delete(done));
        underWay.add(done);
      }
      const isIdle = due.length === 0 && underWay.size === 0;
      if (!isIdle) endsAt = performance.now() + terms.restMs;
      else if (performance.now() >= endsAt) return;
      await rest(isIdle ? terms.idleMs : terms.lookMs, signal);
    }
  } finally {
    signal.removeEventListener("abort", giveUp);
    if (signal.aborted) reader.close();
    await Promise.all(underWay);
    reader.close();
  }
}

function leaseDue(
  ctx: Context,
  terms: typeof feedTerms & { readonly limit: number },
  settings: Settings,
): Promise<DueFeed[]> {
  const { leaseSeconds, perCustomer, perHost, limit } = terms;
  return leaseFeeds(ctx.db, {
    lease: randomUUID(),
    leaseSeconds,
    perCustomer,
    perHost,
    limit,
    gapSeconds: 1 / settings.feed_host_rate,
  });
}

type Round = {
  readonly ctx: Context;
  readonly reader: FeedReader;
  readonly signal: AbortSignal;
  readonly settings: Settings;
};

/** A feed that fails by itself holds up no other: it is due again when its lease ends. */
async function readInRound(round: Round, feed: DueFeed): Promise<void> {
  try {
    await readOne(round, feed);
  } catch (error) {
    round.ctx.log.error({ orderId: feed.orderId, error }, "feed of a subscription not read");
  }
}

async function readOne(round: Round, feed: DueFeed): Promise<void> {
  const { ctx, signal } = round;
  const [known] = await listOrdersByKey(ctx.db, [feed]);
  if (known === undefined) return putOffFeed(ctx.db, feed, putOffSecondsMax);
  const isPayable = await canPayPost(ctx.db, known);
  const answer = isPayable ? await follow(round, feed) : undefined;
  if (isPayable && answer === undefined) {
    return putOffFeed(ctx.db, feed, signal.aborted ? 0 : randomInt(putOffSecondsMax));
  }
  await inTransaction(ctx, async (tx) => {
    const order = await lockOrder(tx, feed.accountId, feed.orderId);
    if (order === undefined || isFinal(order.status)) return;
    if (answer === undefined) {
      await pauseForFunds(tx, order);
      await putOffFeed(tx, feed, 0);
    } else await takeReading(tx, order, feed, answer);
    const inSeconds = await turnSubscription(tx, order);
    if (inSeconds === undefined) return;
    const { accountId, id: orderId, providerId } = order;
    await setTask(tx, { accountId, orderId, providerId, kind: "run", inSeconds });
  });
}

/**
 * The answer for a feed, through all redirects. Each host is asked in its turn. `undefined` where
 * that turn did not come soon, or the reader gave up: then nothing is known of the feed.
 */
async function follow(
  round: Round,
  feed: DueFeed,
): Promise<Exclude<FeedAnswer, { kind: "moved" }> | undefined> {
  const { reader, settings } = round;
  const isPrivate = settings.feeds_private === "yes";
  let { url } = feed;
  for (let hops = 0; hops <= redirectsMax; hops++) {
    if (hops > 0 && !(await waitForHost(round, url))) return undefined;
    if (parseUrl(url) === undefined) return failure("it is no http or https address");
    const { etag, modified } = feed;
    const answer = await reader.read({ url, etag, modified, isPrivate });
    if (answer?.kind !== "moved") return answer;
    url = answer.to;
  }
  return failure(`it sends on more than ${redirectsMax} times`);
}

function failure(reason: string): Extract<FeedAnswer, { kind: "failed" }> {
  return { kind: "failed", reason, isNoFeed: false };
}

const hostTriesMax = 5;
const hostPauseMs = 400;

async function waitForHost({ ctx, settings, signal }: Round, url: string): Promise<boolean> {
  const gapSeconds = 1 / settings.feed_host_rate;
  for (let tries = 0; tries < hostTriesMax; tries++) {
    if (await takeHostTurn(ctx.db, feedHostOf(url), gapSeconds)) return true;
    await rest(hostPauseMs + randomInt(hostPauseMs), signal);
    if (signal.aborted) break;
  }
  return false;
}

/** Pauses. A stop cuts the pause short, which is no error. */
async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => {});
}

import type { FeedEntry } from "#orders/subscriptions/feed/entry.ts";
import { backOff } from "#values/back-off.ts";

/** A subscription as it was ordered. */
export type Subscription = {
  readonly min: number;
  readonly max: number;
  readonly delayMs: number;
  /** How many new posts get an order; `undefined`: all. */
  readonly posts: number | undefined;
  /** How many of the posts that already existed get an order. */
  readonly oldPosts: number;
  /** The first moment at which it is over. */
  readonly expiresAt: number | undefined;
  /** When it was ordered. */
  readonly createdAt: number;
};

/** The posts that it knows, counted. Old ones are counted apart. */
export type PostTally = {
  readonly newPosts: number;
  readonly waiting: number;
  /** True once a feed was read, or where there is none to read. */
  readonly isStarted: boolean;
};

export type SubscriptionEnd = "completed" | "expired";

const dayMs = 86_400_000;

/** Reads the stored fields of an order of this type. */
export function subscriptionOf(order: {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}): Subscription {
  const { min, max, delay, posts, oldPosts, expiry } = order.fields;
  const count = (value: unknown) => (typeof value === "number" ? value : undefined);
  return {
    min: count(min) ?? 1,
    max: count(max) ?? count(min) ?? 1,
    delayMs: (count(delay) ?? 0) * 60_000,
    posts: count(posts),
    oldPosts: count(oldPosts) ?? 0,
    expiresAt: typeof expiry === "string" ? endOfDay(expiry) : undefined,
    createdAt: order.createdAt.getTime(),
  };
}

/** True where a subscription's username is the address where its posts are announced. */
export function isFeedAddress(username: unknown): username is string {
  return typeof username === "string" && /^https?:\/\//i.test(username);
}

/** The end of a day written as d/m/Y, in UTC: a subscription still works on its last day. */
function endOfDay(date: string): number | undefined {
  const [day, month, year] = date.split("/").map(Number);
  if (day === undefined || month === undefined || year === undefined) return undefined;
  return Date.UTC(year, month - 1, day) + dayMs;
}

/** Why it is over; `undefined`: it goes on. */
export function subscriptionEnd(
  subscription: Subscription,
  tally: PostTally,
  now: number,
): SubscriptionEnd | undefined {
  const { expiresAt, posts, oldPosts } = subscription;
  const isFull = posts !== undefined && tally.newPosts >= posts && tally.waiting === 0;
  if (isFull && (oldPosts === 0 || tally.isStarted)) return "completed";
  return expiresAt !== undefined && now >= expiresAt ? "expired" : undefined;
}

/** A post that has appeared, and whether it gets an order. */
export type SeenPost = FeedEntry & { readonly is: "known" | "new" | "old" };

/**
 * Sorts the unknown entries of a feed (given newest first), oldest first. At the first reading
 * every post is old, and the newest `oldPosts` of them are wanted. Later every post is new unless
 * it says that it was published before the subscription: a feed that changed all its ids must not
 * cost its customer a second time.
 */
export function sortEntries(
  subscription: Subscription,
  tally: PostTally,
  entries: readonly FeedEntry[],
): SeenPost[] {
  const { posts = Infinity, oldPosts, createdAt } = subscription;
  if (!tally.isStarted) {
    return entries
      .map((entry, n) => ({ ...entry, is: n < oldPosts ? ("old" as const) : ("known" as const) }))
      .toReversed();
  }
  let room = posts - tally.newPosts;
  return entries.toReversed().map((entry) => {
    const isEarlier = entry.publishedAt !== undefined && entry.publishedAt < createdAt - dayMs;
    if (isEarlier || room <= 0) return { ...entry, is: "known" as const };
    room--;
    return { ...entry, is: "new" as const };
  });
}

const readPauses = { first: 300, cap: 21_600 };
const dayPauseSecondsMax = 86_400;

/**
 * How many seconds a feed is left alone after a reading: longer and longer while readings fail, and
 * at least as long as its server asks for, up to a day.
 */
export function readPause(failures: number, askedFor = 0): number {
  const pause = backOff(failures + 1, readPauses);
  return Math.max(pause, Math.min(askedFor, dayPauseSecondsMax));
}

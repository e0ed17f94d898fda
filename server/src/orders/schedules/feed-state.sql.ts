import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { feedHostOf } from "#orders/subscriptions/feed/feed-host.ts";

type Key = { readonly accountId: AccountId; readonly orderId: OrderId };

/** Where a subscription's posts are announced, and how the last reading went. */
export type FeedState = {
  readonly url: string | undefined;
  readonly etag: string | undefined;
  readonly modified: string | undefined;
  readonly readAt: Date | undefined;
  /** Readings in a row that failed, and since when. */
  readonly failures: number;
  readonly failingSince: Date | undefined;
  /** What is wrong with it, in words that its customer may also read. */
  readonly problem: string | undefined;
  /** Entries of the last reading without a post that could be ordered. */
  readonly skipped: number;
  /** Held by whoever is reading it. */
  readonly lease: string | undefined;
};

type FeedRow = {
  feed_url: string | null;
  feed_etag: string | null;
  feed_modified: string | null;
  feed_read_at: Date | null;
  feed_failures: number;
  feed_failing_since: Date | null;
  feed_problem: string | null;
  feed_skipped: number;
  feed_lease: string | null;
};

const findFeedSql = statement<FeedRow>(
  "orders.findFeed",
  `select feed_url, feed_etag, feed_modified, feed_read_at, feed_failures, feed_failing_since,
          feed_problem, feed_skipped, feed_lease
     from schedules
    where account_id = $1::bigint and order_id = $2::bigint`,
);

/** The feed of a subscription; `undefined` before its first turn. */
export async function findFeed(db: Queryable, key: Key): Promise<FeedState | undefined> {
  const row = await findFeedSql.maybe(db, key.accountId, key.orderId);
  return (
    row && {
      url: row.feed_url ?? undefined,
      etag: row.feed_etag ?? undefined,
      modified: row.feed_modified ?? undefined,
      readAt: row.feed_read_at ?? undefined,
      failures: row.feed_failures,
      failingSince: row.feed_failing_since ?? undefined,
      problem: row.feed_problem ?? undefined,
      skipped: row.feed_skipped,
      lease: row.feed_lease ?? undefined,
    }
  );
}

const updateFeedSql = statement<{ failing_since: Date | null; now: Date }>(
  "orders.updateFeed",
  `update schedules
      set feed_url = $3::text, feed_host = $11::text, feed_etag = $4::text,
          feed_modified = $5::text,
          feed_read_at = case when $6::boolean then panel_now() else feed_read_at end,
          feed_failures = $7::integer,
          feed_failing_since = case when $7::integer = 0 then null
                                    else coalesce(feed_failing_since, panel_now()) end,
          feed_problem = $8::text, feed_skipped = $9::integer, feed_lease = null,
          next_at = panel_now() + $10::double precision * interval '1 second',
          updated_at = panel_now()
    where account_id = $1::bigint and order_id = $2::bigint
   returning feed_failing_since as failing_since, panel_now() as now`,
);

/**
 * Records how a reading went, under the order's lock, and ends its lease. `isRead`: the feed was
 * just understood. Returns for how many milliseconds no reading has succeeded.
 */
export async function updateFeed(
  tx: Tx,
  key: Key,
  feed: Omit<FeedState, "readAt" | "failingSince" | "lease"> & {
    readonly isRead: boolean;
    readonly nextSeconds: number;
  },
): Promise<number> {
  const { url, etag, modified, isRead, failures, problem, skipped, nextSeconds } = feed;
  const row = await updateFeedSql.one(
    tx,
    key.accountId,
    key.orderId,
    url,
    etag,
    modified,
    isRead,
    failures,
    problem,
    skipped,
    nextSeconds,
    // Older versions stored no host for it, or another name.
    url === undefined ? undefined : feedHostOf(url),
  );
  return row.failing_since === null ? 0 : row.now.getTime() - row.failing_since.getTime();
}

const startFeedSql = statement(
  "orders.startFeed",
  `update schedules
      set feed_url = $3::text, feed_host = $4::text, feed_etag = null, feed_modified = null,
          feed_read_at = null, feed_failures = 0, feed_failing_since = null, feed_problem = null,
          feed_skipped = 0, feed_lease = null, next_at = panel_now(), updated_at = panel_now()
    where account_id = $1::bigint and order_id = $2::bigint`,
);

/**
 * Gives a locked subscription another feed, or none. Posts in it at that time count as already
 * there.
 */
export async function startFeed(tx: Tx, key: Key, url: string | undefined): Promise<void> {
  const host = url === undefined ? undefined : feedHostOf(url);
  await startFeedSql.run(tx, key.accountId, key.orderId, url, host);
}

const retryFeedSql = statement(
  "orders.retryFeed",
  `update schedules
      set feed_failures = 0, feed_failing_since = null, next_at = panel_now()
    where account_id = $1::bigint and order_id = $2::bigint`,
);

/** A feed that was given up is read again, as if it had never failed. */
export async function retryFeed(tx: Tx, key: Key): Promise<void> {
  await retryFeedSql.run(tx, key.accountId, key.orderId);
}

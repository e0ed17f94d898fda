import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { linkKeyOf } from "#values/normal-link.ts";
import { postIdOf } from "#orders/subscriptions/post-identity.ts";

type Key = { readonly accountId: AccountId; readonly orderId: OrderId };

const tallySql = statement<{
  now: Date;
  new_posts: number;
  waiting: number;
  run: number;
  next_at: Date | null;
}>(
  "orders.tallyPosts",
  `select panel_now() as now,
          count(*) filter (where status <> 'known' and not is_old) as new_posts,
          count(*) filter (where status = 'waiting') as waiting,
          coalesce(max(run), 0) as run,
          min(due_at) filter (where status = 'waiting') as next_at
     from subscription_posts
    where account_id = $1::bigint and order_id = $2::bigint`,
);

/** Counts a subscription's posts, and reads the time. `run` is the number of its last order. */
export function tallyPosts(
  db: Queryable,
  key: Key,
): Promise<{ now: Date; new_posts: number; waiting: number; run: number; next_at: Date | null }> {
  return tallySql.one(db, key.accountId, key.orderId);
}

const knownSql = statement<{ n: number }>(
  "orders.findKnownPosts",
  `select i.n::integer as n
     from unnest($3::text[], $4::text[], $5::text[], $6::uuid[])
          with ordinality as i (post, normal_post, link, link_key, n)
    where exists (select from subscription_posts p
                   where p.account_id = $1::bigint and p.order_id = $2::bigint
                     and p.post_hash in (sha256(convert_to(i.post, 'UTF8')),
                                         sha256(convert_to(i.normal_post, 'UTF8'))))
       or exists (select from subscription_posts p
                   where p.account_id = $1::bigint and p.order_id = $2::bigint
                     and p.link_hash = sha256(convert_to(i.link, 'UTF8')))
       or exists (select from subscription_posts p
                   where p.account_id = $1::bigint and p.order_id = $2::bigint
                     and p.link_key = i.link_key)`,
);

/** Which of these posts (indexes from 0) are already known by id or by link, in any spelling. */
export async function findKnownPosts(
  tx: Tx,
  key: Key,
  posts: readonly { readonly id: string; readonly link: string }[],
): Promise<ReadonlySet<number>> {
  const rows = await knownSql.all(
    tx,
    key.accountId,
    key.orderId,
    posts.map((post) => post.id),
    posts.map((post) => postIdOf(post.id)),
    posts.map((post) => post.link),
    posts.map((post) => linkKeyOf(post.link)),
  );
  return new Set(rows.map((row) => row.n - 1));
}

const insertPostSql = statement(
  "orders.insertPost",
  `insert into subscription_posts (account_id, order_id, post_hash, link_hash, link, status, is_old,
                                   quantity, due_at, link_key)
   values ($1::bigint, $2::bigint, sha256(convert_to($3::text, 'UTF8')),
           sha256(convert_to($4::text, 'UTF8')), $4::text, $5::text, $6::boolean, $7::bigint,
           panel_now() + $8::double precision * interval '1 second', $9::uuid)
   on conflict do nothing`,
);

/**
 * Records a post under the order's lock. With a quantity it waits for its order. A post that is
 * already recorded, by id or by link in any spelling, stays unchanged.
 */
export async function insertPost(
  tx: Tx,
  key: Key,
  post: {
    readonly id: string;
    readonly link: string;
    readonly isOld: boolean;
    readonly order: { readonly quantity: number; readonly inSeconds: number } | undefined;
  },
): Promise<void> {
  const { id, link, isOld, order } = post;
  await insertPostSql.run(
    tx,
    key.accountId,
    key.orderId,
    postIdOf(id),
    link,
    order === undefined ? "known" : "waiting",
    isOld,
    order?.quantity,
    order?.inSeconds,
    linkKeyOf(link),
  );
}

export type DuePost = { readonly link: string; readonly quantity: number; readonly hash: string };

const findDuePostSql = statement<DuePost>(
  "orders.findDuePost",
  `select link, quantity, encode(post_hash, 'hex') as hash
     from subscription_posts
    where account_id = $1::bigint and order_id = $2::bigint and status = 'waiting'
      and due_at <= panel_now()
    order by due_at, number
    limit 1`,
);

/** The post that has been due longest, under the order's lock. */
export function findDuePost(tx: Tx, key: Key): Promise<DuePost | undefined> {
  return findDuePostSql.maybe(tx, key.accountId, key.orderId);
}

const setRefusedSql = statement(
  "orders.setPostRefused",
  `update subscription_posts
      set status = 'known', quantity = null, due_at = null
    where account_id = $1::bigint and order_id = $2::bigint and post_hash = decode($3::text, 'hex')`,
);

/** A post that was to get an order gets none, and frees its place for another. */
export async function setPostRefused(tx: Tx, key: Key, hash: string): Promise<void> {
  await setRefusedSql.run(tx, key.accountId, key.orderId, hash);
}

const setOrderedSql = statement(
  "orders.setPostOrdered",
  `update subscription_posts
      set status = 'ordered', run = $4::integer
    where account_id = $1::bigint and order_id = $2::bigint and post_hash = decode($3::text, 'hex')`,
);

/** Records that a post has its order, the one with this number. */
export async function setPostOrdered(tx: Tx, key: Key, hash: string, run: number): Promise<void> {
  await setOrderedSql.run(tx, key.accountId, key.orderId, hash, run);
}

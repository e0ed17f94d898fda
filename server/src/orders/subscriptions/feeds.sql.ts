import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId } from "#values/ids.ts";

type Key = { readonly accountId: AccountId; readonly orderId: OrderId };

/** A feed that is to be read now, by whoever knows the lease. */
export type DueFeed = Key & {
  readonly lease: string;
  readonly url: string;
  readonly etag: string | undefined;
  readonly modified: string | undefined;
};

type DueRow = {
  account_id: AccountId;
  order_id: OrderId;
  feed_url: string;
  feed_etag: string | null;
  feed_modified: string | null;
};

// One of a customer and one of a host at a time, longest-waiting customer first. A host whose turn
// another worker is taking returns no row, and its feed stays due.
const leaseSql = statement<DueRow>(
  "orders.leaseFeeds",
  `with due as materialized (
     select s.account_id, s.order_id, coalesce(s.feed_host, '') as host, s.next_at
       from schedules s
       left join feed_hosts h on h.host = coalesce(s.feed_host, '')
      where s.feed_url is not null and s.status = 'active' and s.next_at <= panel_now()
        and (h.next_at is null or h.next_at <= panel_now())
      order by s.next_at
      limit 5000
   ), busy as materialized (
     select account_id, coalesce(feed_host, '') as host
       from schedules
      where feed_lease is not null and next_at > panel_now()
   ), of_customers as (
     select distinct on (d.account_id) d.*,
            (select max(o.feed_asked_at)
               from schedules o
              where o.account_id = d.account_id and o.feed_url is not null
                and o.status <> 'done') as asked_at
       from due d
      where (select count(*) from busy b where b.account_id = d.account_id) < $3::integer
        and (select count(*) from busy b where b.host = d.host) < $4::integer
      order by d.account_id, d.next_at, d.order_id
   ), of_hosts as (
     select distinct on (host) *
       from of_customers
      order by host, asked_at nulls first, next_at
   ), picked as (
     select * from of_hosts order by asked_at nulls first, next_at limit $5::integer
   ), turns as (
     insert into feed_hosts as h (host, next_at)
     select host, panel_now() + $6::double precision * interval '1 second'
       from picked
      order by host
     on conflict (host) do update set next_at = excluded.next_at
      where h.next_at <= panel_now()
     returning host
   )
   update schedules s
      set feed_lease = $1::uuid, feed_asked_at = panel_now(),
          next_at = panel_now() + $2::integer * interval '1 second'
     from picked p
     join turns t using (host)
    where s.account_id = p.account_id and s.order_id = p.order_id and s.status = 'active'
      and s.next_at <= panel_now()
   returning s.account_id, s.order_id, s.feed_url, s.feed_etag, s.feed_modified`,
);

/**
 * Takes feeds that are due, for `leaseSeconds`. At most so many of a customer and of a host are
 * read at a time, and requests to a host are `gapSeconds` apart, whatever other workers do.
 */
export async function leaseFeeds(
  db: Queryable,
  terms: {
    readonly lease: string;
    readonly leaseSeconds: number;
    readonly perCustomer: number;
    readonly perHost: number;
    readonly limit: number;
    readonly gapSeconds: number;
  },
): Promise<DueFeed[]> {
  const { lease, leaseSeconds, perCustomer, perHost, limit, gapSeconds } = terms;
  const rows = await leaseSql.all(db, lease, leaseSeconds, perCustomer, perHost, limit, gapSeconds);
  return rows.map((row) => ({
    accountId: row.account_id,
    orderId: row.order_id,
    lease,
    url: row.feed_url,
    etag: row.feed_etag ?? undefined,
    modified: row.feed_modified ?? undefined,
  }));
}

const takeHostTurnSql = statement(
  "orders.takeFeedHostTurn",
  `insert into feed_hosts as h (host, next_at)
   values ($1::text, panel_now() + $2::double precision * interval '1 second')
   on conflict (host) do update set next_at = excluded.next_at
    where h.next_at <= panel_now()`,
);

/** Takes the turn of a host that a feed redirected to. False: it was asked too recently. */
export async function takeHostTurn(
  db: Queryable,
  host: string,
  gapSeconds: number,
): Promise<boolean> {
  return (await takeHostTurnSql.run(db, host, gapSeconds)) > 0;
}

const putOffSql = statement(
  "orders.putOffFeed",
  `update schedules
      set feed_lease = null, next_at = panel_now() + $4::double precision * interval '1 second'
    where account_id = $1::bigint and order_id = $2::bigint and feed_lease = $3::uuid`,
);

/** Gives back a feed that was not read. */
export async function putOffFeed(
  db: Queryable,
  { accountId, orderId, lease }: Key & { readonly lease: string },
  inSeconds: number,
): Promise<void> {
  await putOffSql.run(db, accountId, orderId, lease, inSeconds);
}

const countFeedsSql = statement<{ of_customer: number; of_host: number }>(
  "orders.countFeeds",
  `with reservations as (
     select c.account_id, c.host
       from feed_reservations c
       left join orders o on o.account_id = c.account_id and o.id = c.order_id
      where (c.account_id = $1::bigint or c.host = $2::text)
        and not (c.account_id = $1::bigint and c.reservation = $3::uuid)
        and case when c.order_id is null then c.reserved_at > panel_now() - interval '5 minutes'
                 else o.status not in ('completed', 'partial', 'canceled') end
        and not exists (select from schedules s
                         where s.account_id = c.account_id and s.order_id = c.order_id)
   )
   select (select count(*)
             from schedules
            where account_id = $1::bigint and feed_url is not null and status <> 'done')
          + (select count(*) from reservations where account_id = $1::bigint) as of_customer,
          (select count(*)
             from schedules
            where feed_host = $2::text and feed_url is not null and status <> 'done')
          + (select count(*) from reservations where host = $2::text) as of_host`,
);

/**
 * A place for the feed of a subscription being placed. One request sent twice has one reservation.
 */
export type FeedPlace = {
  readonly accountId: AccountId;
  readonly reservation: string;
  readonly host: string;
};

/** How many feeds a customer and a host have beside this one, including those being placed. */
export async function countFeeds(
  tx: Tx,
  { accountId, host, reservation }: FeedPlace,
): Promise<{ readonly ofCustomer: number; readonly ofHost: number }> {
  const row = await countFeedsSql.one(tx, accountId, host, reservation);
  return { ofCustomer: row.of_customer, ofHost: row.of_host };
}

const lockHostSql = statement(
  "orders.lockFeedHost",
  `insert into feed_hosts as h (host, next_at)
   values ($1::text, panel_now())
   on conflict (host) do update set host = excluded.host`,
);

/** Makes everyone else who counts the feeds of this host wait, until the transaction ends. */
export async function lockFeedHost(tx: Tx, host: string): Promise<void> {
  await lockHostSql.run(tx, host);
}

const insertReservationSql = statement(
  "orders.insertFeedReservation",
  `insert into feed_reservations (account_id, reservation, host)
   values ($1::bigint, $2::uuid, $3::text)
       on conflict (account_id, reservation) do update set reserved_at = panel_now()`,
);

/** Takes a place for a subscription that is being placed. */
export async function insertFeedReservation(
  tx: Tx,
  { accountId, reservation, host }: FeedPlace,
): Promise<void> {
  await insertReservationSql.run(tx, accountId, reservation, host);
}

const keepReservationSql = statement(
  "orders.keepFeedReservation",
  `insert into feed_reservations (account_id, reservation, host, order_id)
   values ($1::bigint, $2::uuid, $3::text, $4::bigint)
       on conflict (account_id, reservation) do update set order_id = excluded.order_id`,
);
const deleteReservationSql = statement(
  "orders.deleteFeedReservation",
  `delete from feed_reservations
    where account_id = $1::bigint and reservation = $2::uuid and order_id is null`,
);

/** Says which order has the place. Without an order the place is free again. */
export async function settleFeedReservation(
  db: Queryable,
  { accountId, reservation, host }: FeedPlace,
  orderId: OrderId | undefined,
): Promise<void> {
  if (orderId === undefined) await deleteReservationSql.run(db, accountId, reservation);
  else await keepReservationSql.run(db, accountId, reservation, host, orderId);
}

const forgetReservationsSql = statement(
  "orders.forgetFeedReservations",
  `delete from feed_reservations c
    where c.reserved_at < panel_now() - interval '1 hour'
      and (c.order_id is null
           or exists (select from schedules s
                       where s.account_id = c.account_id and s.order_id = c.order_id)
           or not exists (select from orders o
                           where o.account_id = c.account_id and o.id = c.order_id
                             and o.status not in ('completed', 'partial', 'canceled')))`,
);
const forgetHostsSql = statement(
  "orders.forgetFeedHosts",
  "delete from feed_hosts where next_at < panel_now() - interval '1 hour'",
);

/** Deletes places that are counted elsewhere or no more, and hosts that were not asked for long. */
export async function forgetFeedTraces(db: Queryable): Promise<void> {
  await forgetReservationsSql.run(db);
  await forgetHostsSql.run(db);
}

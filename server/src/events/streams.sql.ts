import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId, ProductId, ServiceId } from "#values/ids.ts";
import type { AccountEventKind } from "./record.sql.ts";

export type ServiceEventKind = "service.price_changed" | "service.enabled" | "service.disabled";

/** How far a reader has come in both streams. */
export type Position = {
  /** Which recording the numbers belong to. */
  readonly epoch: string;
  readonly seq: number;
  readonly catalogSeq: number;
};

/** The streams of an account as they stand. */
export type Stream = {
  readonly epoch: string;
  /** Events up to this number are gone. */
  readonly baseSeq: number;
  readonly lastSeq: number;
  readonly catalogBaseSeq: number;
  readonly catalogLastSeq: number;
  /** True where it is recorded now and will be for at least another hour. */
  readonly isFollowed: boolean;
  /** True where less than this is left of the requested time. */
  readonly isAging: boolean;
  /** True for the play account of a test key. */
  readonly isTest: boolean;
};

/** An event of an account, as it was recorded. */
export type AccountEvent = {
  readonly seq: number;
  readonly kind: AccountEventKind;
  readonly orderId: OrderId | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Date;
};

/** An event of the price list, as it was recorded. */
export type CatalogEvent = { readonly seq: number; readonly at: Date } & (
  | { readonly kind: ServiceEventKind; readonly serviceId: ServiceId }
  | {
      readonly kind: "product.stock_changed";
      readonly productId: ProductId;
      /** `undefined`: nobody knows how many there are. */
      readonly inventory: number | undefined;
    }
);

const lockAccountSql = statement(
  "events.lockAccountAlone",
  "select 1 from accounts where id = $1::bigint for update",
);
const followSql = statement(
  "events.follow",
  `insert into event_streams as s (account_id, base_seq, followed_until)
   select $1::bigint,
          coalesce((select max(e.seq) from events e where e.account_id = $1::bigint), 0),
          case when $2::integer is null then 'infinity'
               else panel_now() + $2::integer * interval '1 day' end
   on conflict (account_id) do update
      set epoch = case when s.followed_until <= panel_now() then gen_random_uuid()
                       else s.epoch end,
          base_seq = case when s.followed_until <= panel_now()
                          then greatest(s.base_seq, excluded.base_seq) else s.base_seq end,
          followed_until = greatest(s.followed_until, excluded.followed_until)`,
);

/**
 * Has an account's events recorded for this many days from now, or, without `days`, until
 * `unfollow`. Locks only the account: changes under way end first.
 */
export async function follow(tx: Tx, accountId: AccountId, days?: number): Promise<void> {
  await lockAccountSql.run(tx, accountId);
  await followSql.run(tx, accountId, days);
}

const unfollowSql = statement(
  "events.unfollow",
  `update event_streams
      set followed_until = least(followed_until, panel_now() + $2::integer * interval '1 day')
    where account_id = $1::bigint`,
);

/**
 * Stops keeping events for sending: they are still recorded for this many days, in case somebody
 * asks.
 */
export async function unfollow(tx: Tx, accountId: AccountId, days: number): Promise<void> {
  await unfollowSql.run(tx, accountId, days);
}

const findStreamSql = statement<{
  epoch: string;
  base_seq: number;
  last_seq: number;
  catalog_base_seq: number;
  catalog_last_seq: number;
  is_followed: boolean;
  is_aging: boolean;
  is_test: boolean;
}>(
  "events.findStream",
  `select s.epoch, s.base_seq,
          greatest(s.base_seq, coalesce((select max(e.seq)
                                           from events e
                                          where e.account_id = s.account_id), 0)) as last_seq,
          coalesce((select min(c.seq) from catalog_events c), 1) - 1 as catalog_base_seq,
          coalesce((select max(c.seq) from catalog_events c), 0) as catalog_last_seq,
          s.followed_until > panel_now() + interval '1 hour' as is_followed,
          s.followed_until < panel_now() + ($2::integer - 1) * interval '1 day' as is_aging,
          a.kind::text = 'test' as is_test
     from event_streams s
     join accounts a on a.id = s.account_id
    where s.account_id = $1::bigint`,
);

/** The streams of an account; `undefined` where nobody has ever followed it. */
export async function findStream(
  db: Queryable,
  accountId: AccountId,
  days: number,
): Promise<Stream | undefined> {
  const row = await findStreamSql.maybe(db, accountId, days);
  return (
    row && {
      epoch: row.epoch,
      baseSeq: row.base_seq,
      lastSeq: row.last_seq,
      catalogBaseSeq: row.catalog_base_seq,
      catalogLastSeq: row.catalog_last_seq,
      isFollowed: row.is_followed,
      isAging: row.is_aging,
      isTest: row.is_test,
    }
  );
}

const listEventsSql = statement<{
  seq: number;
  kind: AccountEventKind;
  order_id: OrderId | null;
  data: Record<string, unknown>;
  created_at: Date;
}>(
  "events.listEvents",
  `select seq, kind, order_id, data, created_at
     from events
    where account_id = $1::bigint and seq > $2::bigint
    order by seq
    limit $3::integer`,
);

/** The account's events after a number, in their order. */
export async function listEvents(
  db: Queryable,
  accountId: AccountId,
  afterSeq: number,
  limit: number,
): Promise<AccountEvent[]> {
  return (await listEventsSql.all(db, accountId, afterSeq, limit)).map((row) => ({
    seq: row.seq,
    kind: row.kind,
    orderId: row.order_id ?? undefined,
    data: row.data,
    at: row.created_at,
  }));
}

type CatalogEventRow = {
  seq: number;
  kind: CatalogEvent["kind"];
  service_id: ServiceId | null;
  product_id: ProductId | null;
  inventory: number | null;
  created_at: Date;
};

const listCatalogEventsSql = statement<CatalogEventRow>(
  "events.listCatalogEvents",
  `select seq, kind, service_id, product_id, inventory, created_at
     from catalog_events
    where seq > $1::bigint
    order by seq
    limit $2::integer`,
);

/** The price list's events after a number, in their order. */
export async function listCatalogEvents(
  db: Queryable,
  afterSeq: number,
  limit: number,
): Promise<CatalogEvent[]> {
  return (await listCatalogEventsSql.all(db, afterSeq, limit)).map(catalogEventFromRow);
}

function catalogEventFromRow(row: CatalogEventRow): CatalogEvent {
  const { seq, kind, service_id: serviceId, product_id: productId, created_at: at } = row;
  if (kind === "product.stock_changed") {
    if (productId === null) throw new Error(`event ${seq} names no product`);
    return { seq, at, kind, productId, inventory: row.inventory ?? undefined };
  }
  if (serviceId === null) throw new Error(`event ${seq} names no service`);
  return { seq, at, kind, serviceId };
}

const deleteOldSql = statement<{ deleted: number }>(
  "events.deleteOldEvents",
  `with old as (
     delete from events
      where (account_id, seq) in (
              select account_id, seq
                from events
               where created_at < panel_now() - $1::integer * interval '1 day'
               order by account_id, seq
               limit $2::integer)
     returning account_id, seq),
   moved as (
     update event_streams s
        set base_seq = greatest(s.base_seq, o.seq)
       from (select account_id, max(seq) as seq from old group by account_id) o
      where s.account_id = o.account_id)
   select count(*) as deleted from old`,
);

/** Deletes at most `limit` of the oldest events of that age; returns how many. */
export async function deleteOldEvents(db: Queryable, days: number, limit: number): Promise<number> {
  return (await deleteOldSql.one(db, days, limit)).deleted;
}

const deleteOldCatalogSql = statement(
  "events.deleteOldCatalogEvents",
  `delete from catalog_events
    where created_at < panel_now() - $1::integer * interval '1 day'
      and seq < (select max(c.seq) from catalog_events c)`,
);

/**
 * Deletes the price list's events of that age except the last one, from which the numbers continue.
 */
export async function deleteOldCatalogEvents(db: Queryable, days: number): Promise<void> {
  await deleteOldCatalogSql.run(db, days);
}

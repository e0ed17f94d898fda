import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import { actorName } from "#values/actor.ts";
import type { Actor } from "#values/actor.ts";
import type { AccountId, CancelId, OrderId, ProviderId, RefillId } from "#values/ids.ts";
import type { LastRefill } from "./refill-rule.ts";

export type RefillStatus = "pending" | "in_progress" | "completed" | "rejected" | "error";
export type CancelStatus = "pending" | "completed" | "rejected";

/** Why a refill was not granted, as its customer may be told. */
export type RefillReason = "provider_refused" | "deadline" | "staff";
/** Why an order was not canceled, as its customer may be told. */
export type CancelReason = "provider_refused" | "deadline" | "order_completed" | "staff";

/** What refills and cancels have in common. */
type RequestRow<Id, Status, Reason> = {
  readonly id: Id;
  readonly account_id: AccountId;
  readonly order_id: OrderId;
  readonly status: Status;
  readonly note: string | null;
  /** Which provider is asked; null where staff carry it out. */
  readonly provider_id: ProviderId | null;
  /** The provider's words, for staff. */
  readonly answer: string | null;
  readonly reason: Reason | null;
  readonly attempts: number;
  readonly due_at: Date | null;
  readonly deadline_at: Date | null;
  /** Null where the request is older than this column. */
  readonly asked_by: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
};

export type RefillRow = RequestRow<RefillId, RefillStatus, RefillReason> & {
  /** The provider's own number of it. */
  readonly provider_refill: string | null;
  /** Our own order that delivers it. */
  readonly refill_order: OrderId | null;
  /** The present count, as given by who asked. */
  readonly current_count: number | null;
};

export type CancelRow = RequestRow<CancelId, CancelStatus, CancelReason> & {
  /** When the provider took it. */
  readonly sent_at: Date | null;
};

/** Who is asked to carry a request out, and how much time there is. */
export type AskedProvider = { readonly providerId: ProviderId; readonly deadlineHours: number };

const shared =
  "id, account_id, order_id, status, note, provider_id, answer, reason, attempts, due_at, " +
  "deadline_at, asked_by, created_at, updated_at";

/** The part that requests of both kinds share. `one` is their name in statements. */
function requestsOf<Row extends RequestRow<Id, Status, unknown>, Id, Status>(
  one: "Refill" | "Cancel",
  own: string,
) {
  const [columns, table] = [`${shared}, ${own}`, one === "Refill" ? "refills" : "cancels"];
  const find = statement<Row>(
    `orders.find${one}`,
    `select ${columns} from ${table} where id = $1::bigint`,
  );
  const lock = statement<Row>(
    `orders.lock${one}`,
    `select ${columns} from ${table} where id = $1::bigint for no key update`,
  );
  const listOf = statement<Row>(
    `orders.list${one}sOf`,
    `select ${columns}
       from ${table}
      where account_id = $1::bigint and id = any ($2::bigint[])`,
  );
  const listOfOrder = statement<Row>(
    `orders.list${one}sOfOrder`,
    `select ${columns}
       from ${table}
      where account_id = $1::bigint and order_id = $2::bigint
      order by id desc
      limit $3::integer`,
  );
  const list = statement<Row>(
    `orders.list${one}s`,
    `select ${columns}
       from ${table}
      where status = coalesce($1::text, status)
      order by id desc
      limit $2::integer`,
  );
  const update = statement(
    `orders.update${one}`,
    `update ${table}
        set status = $3::text, note = $4::text, due_at = null, lease = null,
            reason = case when $3::text in ('rejected', 'error') then 'staff' end,
            updated_at = panel_now()
      where account_id = $1::bigint and id = $2::bigint`,
  );
  return {
    columns,
    /** Reads without a lock, to learn which order has to be locked first. */
    find: (db: Queryable, id: Id): Promise<Row | undefined> => find.maybe(db, id),
    lock: (tx: Tx, id: Id): Promise<Row | undefined> => lock.maybe(tx, id),
    /** Those of the ids that belong to this customer, in no order. */
    listOf: (db: Queryable, accountId: AccountId, ids: readonly Id[]): Promise<Row[]> =>
      listOf.all(db, accountId, ids),
    /** Newest first. */
    listOfOrder: (
      db: Queryable,
      accountId: AccountId,
      id: OrderId,
      limit: number,
    ): Promise<Row[]> => listOfOrder.all(db, accountId, id, limit),
    /** Newest first. */
    list: (db: Queryable, limit: number, status?: Status): Promise<Row[]> =>
      list.all(db, status, limit),
    /** An operator decides: from now on nothing happens to the request by itself. */
    update: async (tx: Tx, request: Row, status: Status, note: string | undefined) => {
      await update.run(tx, request.account_id, request.id, status, note);
    },
  };
}

export const {
  find: findRefill,
  lock: lockRefill,
  listOf: listRefillsOf,
  listOfOrder: listRefillsOfOrder,
  list: listRefills,
  update: updateRefill,
} = requestsOf<RefillRow, RefillId, RefillStatus>(
  "Refill",
  "provider_refill, refill_order, current_count",
);

const cancels = requestsOf<CancelRow, CancelId, CancelStatus>("Cancel", "sent_at");
export const {
  find: findCancel,
  lock: lockCancel,
  listOf: listCancelsOf,
  listOfOrder: listCancelsOfOrder,
  list: listCancels,
  update: updateCancel,
} = cancels;

const insertRefillsSql = statement<{ order_id: OrderId; id: RefillId }>(
  "orders.insertRefills",
  `insert into refills (account_id, order_id, provider_id, due_at, deadline_at, asked_by,
                        current_count)
   select $1::bigint, i.order_id, i.provider_id,
          case when i.provider_id is not null then panel_now() end,
          case when i.provider_id is not null
               then panel_now() + i.hours * interval '1 hour' end,
          $5::text, $6::bigint
     from unnest($2::bigint[], $3::bigint[], $4::integer[])
          with ordinality as i (order_id, provider_id, hours, n)
    order by i.n
   returning order_id, id`,
);
const listLastRefillsSql = statement<{
  order_id: OrderId;
  now: Date;
  asked_at: Date | null;
  is_open: boolean;
}>(
  "orders.listLastRefills",
  `select i.order_id, panel_now() as now, r.asked_at, coalesce(r.is_open, false) as is_open
     from unnest($2::bigint[]) as i (order_id)
     left join lateral (
            select created_at as asked_at,
                   bool_or(status in ('pending', 'in_progress')) over () as is_open
              from refills
             where account_id = $1::bigint and order_id = i.order_id
             order by id desc
             limit 1) r on true`,
);
const linkRefillOrderSql = statement(
  "orders.linkRefillOrder",
  `update refills
      set status = 'in_progress', refill_order = $3::bigint, due_at = null, lease = null,
          reason = null, updated_at = panel_now()
    where account_id = $1::bigint and id = $2::bigint`,
);

/** A request for a locked order. Without `asked` it waits for staff. */
export type NewRequest = { readonly orderId: OrderId; readonly asked: AskedProvider | undefined };

/**
 * The orders must be locked: an order's open request is found and created under its lock. Returns
 * the requests by their orders, numbered in the order given.
 */
export async function insertRefills(
  tx: Tx,
  accountId: AccountId,
  requests: readonly NewRequest[],
  asking: { readonly by: Actor; readonly currentCount: number | undefined },
): Promise<ReadonlyMap<OrderId, RefillId>> {
  const { by, currentCount } = asking;
  if (requests.length === 0) return new Map();
  const values = [...columnsOf(requests), actorName(by), currentCount];
  const rows = await insertRefillsSql.all(tx, accountId, ...values);
  return new Map(rows.map((row) => [row.order_id, row.id]));
}

function columnsOf(requests: readonly NewRequest[]): unknown[] {
  return [
    requests.map(({ orderId }) => orderId),
    requests.map(({ asked }) => asked?.providerId),
    requests.map(({ asked }) => asked?.deadlineHours),
  ];
}

/** The newest request for each order (open if any is), and the database's time. */
export async function listLastRefills(
  db: Queryable,
  accountId: AccountId,
  ids: readonly OrderId[],
): Promise<ReadonlyMap<OrderId, { readonly last: LastRefill | undefined; readonly now: Date }>> {
  const rows = await listLastRefillsSql.all(db, accountId, ids);
  return new Map(
    rows.map(({ order_id: id, now, asked_at: askedAt, is_open: isOpen }) => [
      id,
      { now, last: askedAt === null ? undefined : { isOpen, askedAt } },
    ]),
  );
}

/** From now on the refill follows our own order. */
export async function linkRefillOrder(
  tx: Tx,
  accountId: AccountId,
  id: RefillId,
  refillOrder: OrderId,
): Promise<void> {
  await linkRefillOrderSql.run(tx, accountId, id, refillOrder);
}

const insertCancelsSql = statement<{ order_id: OrderId; id: CancelId }>(
  "orders.insertCancels",
  `insert into cancels (account_id, order_id, provider_id, due_at, deadline_at, asked_by)
   select $1::bigint, i.order_id, i.provider_id,
          case when i.provider_id is not null then panel_now() end,
          case when i.provider_id is not null
               then panel_now() + i.hours * interval '1 hour' end,
          $5::text
     from unnest($2::bigint[], $3::bigint[], $4::integer[])
          with ordinality as i (order_id, provider_id, hours, n)
    order by i.n
   returning order_id, id`,
);
const listOpenCancelsSql = statement<{ order_id: OrderId; id: CancelId }>(
  "orders.listOpenCancels",
  `select order_id, id
     from cancels
    where account_id = $1::bigint and order_id = any ($2::bigint[]) and status = 'pending'`,
);
const listCancelsOfOrdersSql = statement<CancelRow>(
  "orders.listCancelsOfOrders",
  `select distinct on (order_id) ${cancels.columns}
     from cancels
    where account_id = $1::bigint and order_id = any ($2::bigint[])
    order by order_id, id desc`,
);

/** Like `insertRefills`, for cancels. */
export async function insertCancels(
  tx: Tx,
  accountId: AccountId,
  requests: readonly NewRequest[],
  by: Actor,
): Promise<ReadonlyMap<OrderId, CancelId>> {
  if (requests.length === 0) return new Map();
  const rows = await insertCancelsSql.all(tx, accountId, ...columnsOf(requests), actorName(by));
  return new Map(rows.map((row) => [row.order_id, row.id]));
}

/** The open requests of these orders. */
export async function listOpenCancels(
  tx: Tx,
  accountId: AccountId,
  ids: readonly OrderId[],
): Promise<ReadonlyMap<OrderId, CancelId>> {
  const rows = await listOpenCancelsSql.all(tx, accountId, ids);
  return new Map(rows.map((row) => [row.order_id, row.id]));
}

/** The newest request of each of these orders, as far as they belong to this customer. */
export function listCancelsOfOrders(
  db: Queryable,
  accountId: AccountId,
  ids: readonly OrderId[],
): Promise<CancelRow[]> {
  return listCancelsOfOrdersSql.all(db, accountId, ids);
}

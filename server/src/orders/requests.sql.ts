// Long because: refills and cancels have the same life, and are read side by side.
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

export type RefillRow = {
  readonly id: RefillId;
  readonly account_id: AccountId;
  readonly order_id: OrderId;
  readonly status: RefillStatus;
  readonly note: string | null;
  /** Of whom it is asked; null where staff carry it out. */
  readonly provider_id: ProviderId | null;
  /** The provider's own number of it. */
  readonly provider_refill: string | null;
  /** Our own order that delivers it. */
  readonly refill_order: OrderId | null;
  /** How many there are now, as whoever asked said. */
  readonly current_count: number | null;
  /** The provider's words, for staff. */
  readonly answer: string | null;
  readonly reason: RefillReason | null;
  readonly attempts: number;
  readonly due_at: Date | null;
  readonly deadline_at: Date | null;
  /** Null where it was asked before that was noted. */
  readonly asked_by: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
};

export type CancelRow = {
  readonly id: CancelId;
  readonly account_id: AccountId;
  readonly order_id: OrderId;
  readonly status: CancelStatus;
  readonly note: string | null;
  /** Of whom it is asked; null where staff settle it. */
  readonly provider_id: ProviderId | null;
  /** When the provider took it. */
  readonly sent_at: Date | null;
  /** The provider's words, for staff. */
  readonly answer: string | null;
  readonly reason: CancelReason | null;
  readonly attempts: number;
  readonly due_at: Date | null;
  readonly deadline_at: Date | null;
  /** Null where it was asked before that was noted. */
  readonly asked_by: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
};

/** Who is asked to carry a request out, and how much time there is. */
export type AskedProvider = { readonly providerId: ProviderId; readonly deadlineHours: number };

const shared =
  "id, account_id, order_id, status, note, provider_id, answer, reason, attempts, due_at, " +
  "deadline_at, asked_by, created_at, updated_at";
const refillColumns = `${shared}, provider_refill, refill_order, current_count`;
const cancelColumns = `${shared}, sent_at`;

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
const listRefillsOfSql = statement<RefillRow>(
  "orders.listRefillsOf",
  `select ${refillColumns} from refills where account_id = $1::bigint and id = any ($2::bigint[])`,
);
const listRefillsOfOrderSql = statement<RefillRow>(
  "orders.listRefillsOfOrder",
  `select ${refillColumns}
     from refills
    where account_id = $1::bigint and order_id = $2::bigint
    order by id desc
    limit $3::integer`,
);
const lockRefillSql = statement<RefillRow>(
  "orders.lockRefill",
  `select ${refillColumns} from refills where id = $1::bigint for no key update`,
);
const findRefillSql = statement<RefillRow>(
  "orders.findRefill",
  `select ${refillColumns} from refills where id = $1::bigint`,
);
const updateRefillSql = statement(
  "orders.updateRefill",
  `update refills
      set status = $3::text, note = $4::text, due_at = null, lease = null, updated_at = panel_now(),
          reason = case when $3::text in ('rejected', 'error') then 'staff' end
    where account_id = $1::bigint and id = $2::bigint`,
);
const listRefillsSql = statement<RefillRow>(
  "orders.listRefills",
  `select ${refillColumns}
     from refills
    where status = coalesce($1::text, status)
    order by id desc
    limit $2::integer`,
);

/** What is asked for of a locked order. Without `asked` it waits for staff. */
export type NewRequest = { readonly orderId: OrderId; readonly asked: AskedProvider | undefined };

/**
 * The orders must be locked: the open request of an order is found and made under its lock. Answers
 * the requests by their orders, numbered in the order in which they were given.
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

/** The newest request for each order, open where any is, and the time as the database has it. */
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

/** From now on the refill goes as our own order goes. */
export async function linkRefillOrder(
  tx: Tx,
  accountId: AccountId,
  id: RefillId,
  refillOrder: OrderId,
): Promise<void> {
  await linkRefillOrderSql.run(tx, accountId, id, refillOrder);
}

/** Those of the ids that are this customer's, in no order. */
export function listRefillsOf(
  db: Queryable,
  accountId: AccountId,
  ids: readonly RefillId[],
): Promise<RefillRow[]> {
  return listRefillsOfSql.all(db, accountId, ids);
}

/** Newest first. */
export function listRefillsOfOrder(
  db: Queryable,
  accountId: AccountId,
  id: OrderId,
  limit: number,
): Promise<RefillRow[]> {
  return listRefillsOfOrderSql.all(db, accountId, id, limit);
}

/** Without a lock, to learn which order has to be locked first. */
export function findRefill(db: Queryable, id: RefillId): Promise<RefillRow | undefined> {
  return findRefillSql.maybe(db, id);
}

export function lockRefill(tx: Tx, id: RefillId): Promise<RefillRow | undefined> {
  return lockRefillSql.maybe(tx, id);
}

/** By an operator's hand: from now on nothing is done for it by itself. */
export async function updateRefill(
  tx: Tx,
  refill: RefillRow,
  status: RefillStatus,
  note: string | undefined,
): Promise<void> {
  await updateRefillSql.run(tx, refill.account_id, refill.id, status, note);
}

/** Newest first. */
export function listRefills(
  db: Queryable,
  limit: number,
  status?: RefillStatus,
): Promise<RefillRow[]> {
  return listRefillsSql.all(db, status, limit);
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
const lockCancelSql = statement<CancelRow>(
  "orders.lockCancel",
  `select ${cancelColumns} from cancels where id = $1::bigint for no key update`,
);
const updateCancelSql = statement(
  "orders.updateCancel",
  `update cancels
      set status = $3::text, note = $4::text, due_at = null, lease = null, updated_at = panel_now(),
          reason = case when $3::text = 'rejected' then 'staff' end
    where account_id = $1::bigint and id = $2::bigint`,
);
const listCancelsSql = statement<CancelRow>(
  "orders.listCancels",
  `select ${cancelColumns}
     from cancels
    where status = coalesce($1::text, status)
    order by id desc
    limit $2::integer`,
);
const listCancelsOfSql = statement<CancelRow>(
  "orders.listCancelsOf",
  `select ${cancelColumns}
     from cancels
    where account_id = $1::bigint and id = any ($2::bigint[])`,
);
const listCancelsOfOrdersSql = statement<CancelRow>(
  "orders.listCancelsOfOrders",
  `select distinct on (order_id) ${cancelColumns}
     from cancels
    where account_id = $1::bigint and order_id = any ($2::bigint[])
    order by order_id, id desc`,
);
const listCancelsOfOrderSql = statement<CancelRow>(
  "orders.listCancelsOfOrder",
  `select ${cancelColumns}
     from cancels
    where account_id = $1::bigint and order_id = $2::bigint
    order by id desc
    limit $3::integer`,
);
const findCancelSql = statement<CancelRow>(
  "orders.findCancel",
  `select ${cancelColumns} from cancels where id = $1::bigint`,
);

/** As `insertRefills`, for cancels. */
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

/** Without a lock, to learn which order has to be locked first. */
export function findCancel(db: Queryable, id: CancelId): Promise<CancelRow | undefined> {
  return findCancelSql.maybe(db, id);
}

/** Those of the ids that are this customer's, in no order. */
export function listCancelsOf(
  db: Queryable,
  accountId: AccountId,
  ids: readonly CancelId[],
): Promise<CancelRow[]> {
  return listCancelsOfSql.all(db, accountId, ids);
}

/** Newest first. */
export function listCancelsOfOrder(
  db: Queryable,
  accountId: AccountId,
  id: OrderId,
  limit: number,
): Promise<CancelRow[]> {
  return listCancelsOfOrderSql.all(db, accountId, id, limit);
}

/** The newest request of each of these orders, as far as they are this customer's. */
export function listCancelsOfOrders(
  db: Queryable,
  accountId: AccountId,
  ids: readonly OrderId[],
): Promise<CancelRow[]> {
  return listCancelsOfOrdersSql.all(db, accountId, ids);
}

export function lockCancel(tx: Tx, id: CancelId): Promise<CancelRow | undefined> {
  return lockCancelSql.maybe(tx, id);
}

/** By an operator's hand: from now on nothing is done for it by itself. */
export async function updateCancel(
  tx: Tx,
  cancel: CancelRow,
  status: CancelStatus,
  note: string | undefined,
): Promise<void> {
  await updateCancelSql.run(tx, cancel.account_id, cancel.id, status, note);
}

/** Newest first. */
export function listCancels(
  db: Queryable,
  limit: number,
  status?: CancelStatus,
): Promise<CancelRow[]> {
  return listCancelsSql.all(db, status, limit);
}

// Long because: refills and cancels have the same life, and are read side by side.
import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
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

const insertRefillSql = statement<{ id: RefillId }>(
  "orders.insertRefill",
  `insert into refills (account_id, order_id, provider_id, due_at, deadline_at, asked_by,
                        current_count)
   values ($1::bigint, $2::bigint, $3::bigint,
           case when $3::bigint is not null then panel_now() end,
           case when $3::bigint is not null then panel_now() + $4::integer * interval '1 hour' end,
           $5::text, $6::bigint)
   returning id`,
);
const findLastRefillSql = statement<{
  now: Date;
  asked_at: Date | null;
  is_open: boolean;
}>(
  "orders.findLastRefill",
  `select panel_now() as now, r.created_at as asked_at,
          coalesce(bool_or(r.status in ('pending', 'in_progress')) over (), false) as is_open
     from (select 1) one
     left join refills r on r.account_id = $1::bigint and r.order_id = $2::bigint
    order by r.id desc
    limit 1`,
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

/**
 * The order must be locked: the open request of an order is found and made under its lock. Without
 * `asked` it waits for staff.
 */
export async function insertRefill(
  tx: Tx,
  order: { readonly accountId: AccountId; readonly id: OrderId },
  request: {
    readonly asked: AskedProvider | undefined;
    readonly by: string;
    readonly currentCount: number | undefined;
  },
): Promise<RefillId> {
  const { asked, by, currentCount } = request;
  const { providerId, deadlineHours } = asked ?? {};
  const values = [order.accountId, order.id, providerId, deadlineHours, by, currentCount];
  return (await insertRefillSql.one(tx, ...values)).id;
}

/** The newest request for an order, open where any is, and the time as the database has it. */
export async function findLastRefill(
  db: Queryable,
  accountId: AccountId,
  id: OrderId,
): Promise<{ readonly last: LastRefill | undefined; readonly now: Date }> {
  const row = await findLastRefillSql.one(db, accountId, id);
  const { now, asked_at: askedAt, is_open: isOpen } = row;
  return { now, last: askedAt === null ? undefined : { isOpen, askedAt } };
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

const insertCancelSql = statement<{ id: CancelId }>(
  "orders.insertCancel",
  `insert into cancels (account_id, order_id, provider_id, due_at, deadline_at, asked_by)
   values ($1::bigint, $2::bigint, $3::bigint,
           case when $3::bigint is not null then panel_now() end,
           case when $3::bigint is not null then panel_now() + $4::integer * interval '1 hour' end,
           $5::text)
   returning id`,
);
const findOpenCancelSql = statement<{ id: CancelId }>(
  "orders.findOpenCancel",
  `select id
     from cancels
    where account_id = $1::bigint and order_id = $2::bigint and status = 'pending'`,
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

/**
 * The order must be locked: the open request of an order is found and made under its lock. Without
 * `asked` it waits for staff.
 */
export async function insertCancel(
  tx: Tx,
  order: { readonly accountId: AccountId; readonly id: OrderId },
  by: string,
  asked?: AskedProvider,
): Promise<CancelId> {
  const { providerId, deadlineHours } = asked ?? {};
  const values = [order.accountId, order.id, providerId, deadlineHours, by];
  return (await insertCancelSql.one(tx, ...values)).id;
}

export async function findOpenCancel(
  tx: Tx,
  accountId: AccountId,
  id: OrderId,
): Promise<CancelId | undefined> {
  return (await findOpenCancelSql.maybe(tx, accountId, id))?.id;
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

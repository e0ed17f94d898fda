import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, CancelId, OrderId, ProviderId, RefillId } from "#values/ids.ts";

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
  /** The provider's words, for staff. */
  readonly answer: string | null;
  readonly reason: RefillReason | null;
  readonly attempts: number;
  readonly due_at: Date | null;
  readonly deadline_at: Date | null;
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
  readonly created_at: Date;
  readonly updated_at: Date;
};

/** Who is asked to carry a request out, and how much time there is. */
export type AskedProvider = { readonly providerId: ProviderId; readonly deadlineHours: number };

const shared =
  "id, account_id, order_id, status, note, provider_id, answer, reason, attempts, due_at, " +
  "deadline_at, created_at, updated_at";
const refillColumns = `${shared}, provider_refill`;
const cancelColumns = `${shared}, sent_at`;

const insertRefillSql = statement<{ id: RefillId }>(
  "orders.insertRefill",
  `insert into refills (account_id, order_id, provider_id, due_at, deadline_at)
   values ($1::bigint, $2::bigint, $3::bigint,
           case when $3::bigint is not null then panel_now() end,
           case when $3::bigint is not null then panel_now() + $4::integer * interval '1 hour' end)
   returning id`,
);
const findOpenRefillSql = statement<{ id: RefillId }>(
  "orders.findOpenRefill",
  `select id
     from refills
    where account_id = $1::bigint and order_id = $2::bigint
      and status in ('pending', 'in_progress')`,
);
const listRefillsOfSql = statement<RefillRow>(
  "orders.listRefillsOf",
  `select ${refillColumns} from refills where account_id = $1::bigint and id = any ($2::bigint[])`,
);
const lockRefillSql = statement<RefillRow>(
  "orders.lockRefill",
  `select ${refillColumns} from refills where id = $1::bigint for no key update`,
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
  accountId: AccountId,
  id: OrderId,
  asked?: AskedProvider,
): Promise<RefillId> {
  const { providerId, deadlineHours } = asked ?? {};
  return (await insertRefillSql.one(tx, accountId, id, providerId, deadlineHours)).id;
}

export async function findOpenRefill(
  tx: Tx,
  accountId: AccountId,
  id: OrderId,
): Promise<RefillId | undefined> {
  return (await findOpenRefillSql.maybe(tx, accountId, id))?.id;
}

/** Those of the ids that are this customer's, in no order. */
export function listRefillsOf(
  db: Queryable,
  accountId: AccountId,
  ids: readonly RefillId[],
): Promise<RefillRow[]> {
  return listRefillsOfSql.all(db, accountId, ids);
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
  `insert into cancels (account_id, order_id, provider_id, due_at, deadline_at)
   values ($1::bigint, $2::bigint, $3::bigint,
           case when $3::bigint is not null then panel_now() end,
           case when $3::bigint is not null then panel_now() + $4::integer * interval '1 hour' end)
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
  accountId: AccountId,
  id: OrderId,
  asked?: AskedProvider,
): Promise<CancelId> {
  const { providerId, deadlineHours } = asked ?? {};
  return (await insertCancelSql.one(tx, accountId, id, providerId, deadlineHours)).id;
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

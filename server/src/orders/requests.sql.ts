import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, CancelId, OrderId, RefillId } from "#values/ids.ts";

export type RefillStatus = "pending" | "in_progress" | "completed" | "rejected" | "error";
export type CancelStatus = "pending" | "completed" | "rejected";

export type RefillRow = {
  readonly id: RefillId;
  readonly account_id: AccountId;
  readonly order_id: OrderId;
  readonly status: RefillStatus;
  readonly note: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
};

export type CancelRow = {
  readonly id: CancelId;
  readonly account_id: AccountId;
  readonly order_id: OrderId;
  readonly status: CancelStatus;
  readonly note: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
};

const columns = "id, account_id, order_id, status, note, created_at, updated_at";

const insertRefillSql = statement<{ id: RefillId }>(
  "orders.insertRefill",
  "insert into refills (account_id, order_id) values ($1::bigint, $2::bigint) returning id",
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
  `select ${columns} from refills where account_id = $1::bigint and id = any ($2::bigint[])`,
);
const lockRefillSql = statement<RefillRow>(
  "orders.lockRefill",
  `select ${columns} from refills where id = $1::bigint for no key update`,
);
const updateRefillSql = statement(
  "orders.updateRefill",
  `update refills
      set status = $3::text, note = $4::text, updated_at = panel_now()
    where account_id = $1::bigint and id = $2::bigint`,
);
const listRefillsSql = statement<RefillRow>(
  "orders.listRefills",
  `select ${columns}
     from refills
    where status = coalesce($1::text, status)
    order by id desc
    limit $2::integer`,
);

/** The order must be locked: the open request of an order is found and made under its lock. */
export async function insertRefill(tx: Tx, accountId: AccountId, id: OrderId): Promise<RefillId> {
  return (await insertRefillSql.one(tx, accountId, id)).id;
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
  "insert into cancels (account_id, order_id) values ($1::bigint, $2::bigint) returning id",
);
const findOpenCancelSql = statement<{ id: CancelId }>(
  "orders.findOpenCancel",
  `select id
     from cancels
    where account_id = $1::bigint and order_id = $2::bigint and status = 'pending'`,
);
const lockCancelSql = statement<CancelRow>(
  "orders.lockCancel",
  `select ${columns} from cancels where id = $1::bigint for no key update`,
);
const updateCancelSql = statement(
  "orders.updateCancel",
  `update cancels
      set status = $3::text, note = $4::text, updated_at = panel_now()
    where account_id = $1::bigint and id = $2::bigint`,
);
const listCancelsSql = statement<CancelRow>(
  "orders.listCancels",
  `select ${columns}
     from cancels
    where status = coalesce($1::text, status)
    order by id desc
    limit $2::integer`,
);
const findCancelSql = statement<CancelRow>(
  "orders.findCancel",
  `select ${columns} from cancels where id = $1::bigint`,
);

/** The order must be locked: the open request of an order is found and made under its lock. */
export async function insertCancel(tx: Tx, accountId: AccountId, id: OrderId): Promise<CancelId> {
  return (await insertCancelSql.one(tx, accountId, id)).id;
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

export async function updateCancel(
  tx: Tx,
  cancel: CancelRow,
  status: CancelStatus,
  note: string | undefined,
): Promise<void> {
  await updateCancelSql.run(tx, cancel.account_id, cancel.id, status, note);
}

const closeOpenCancelSql = statement(
  "orders.closeOpenCancel",
  `update cancels
      set status = $3::text, updated_at = panel_now()
    where account_id = $1::bigint and order_id = $2::bigint and status = 'pending'`,
);

/** Ends the open cancel request of an order that came to its end by another way, if there is one. */
export async function closeOpenCancel(
  tx: Tx,
  accountId: AccountId,
  id: OrderId,
  status: CancelStatus,
): Promise<void> {
  await closeOpenCancelSql.run(tx, accountId, id, status);
}

/** Newest first. */
export function listCancels(
  db: Queryable,
  limit: number,
  status?: CancelStatus,
): Promise<CancelRow[]> {
  return listCancelsSql.all(db, status, limit);
}

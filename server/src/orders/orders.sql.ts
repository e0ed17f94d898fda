import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId, ProviderId, ServiceId } from "#values/ids.ts";
import type { OrderOrigin } from "#values/order-origin.ts";
import { amountFromDecimal } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { OrderStatus } from "#values/order-status.ts";

/** An order as the panel keeps it. */
export type Order = {
  readonly accountId: AccountId;
  readonly id: OrderId;
  readonly serviceId: ServiceId;
  readonly providerId: ProviderId;
  readonly providerService: string | undefined;
  readonly providerOrder: string | undefined;
  readonly status: OrderStatus;
  readonly link: string;
  readonly quantity: number;
  readonly runs: number | undefined;
  readonly intervalMinutes: number | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly rate: Amount;
  readonly charge: Amount;
  readonly refunded: Amount;
  /** What the provider is expected to charge, in the panel's currency. */
  readonly cost: Amount | undefined;
  /** What the provider does charge, as far as it has said. */
  readonly bookedCost: Amount;
  /** How often a cost was booked. */
  readonly costBookings: number;
  readonly startCount: number | undefined;
  readonly remains: number;
  readonly note: string | undefined;
  readonly requestId: string | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** When delivery was first seen to have begun. */
  readonly startedAt: Date | undefined;
  readonly finishedAt: Date | undefined;
  /** The drip-feed or subscription that made it, and its number there. */
  readonly parentId: OrderId | undefined;
  readonly run: number | undefined;
  readonly source: OrderOrigin;
  /** Why it waits for a review. */
  readonly held: string | undefined;
};

type OrderRow = {
  account_id: AccountId;
  id: OrderId;
  service_id: ServiceId;
  provider_id: ProviderId;
  provider_service: string | null;
  provider_order: string | null;
  status: OrderStatus;
  link: string;
  quantity: number;
  runs: number | null;
  interval_minutes: number | null;
  fields: Record<string, unknown> | null;
  rate: string;
  charge: string;
  refunded: string;
  cost: string | null;
  booked_cost: string;
  cost_bookings: number;
  start_count: number | null;
  remains: number;
  note: string | null;
  request_id: string | null;
  created_at: Date;
  updated_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  parent_id: OrderId | null;
  run: number | null;
  source: OrderOrigin;
  held: string | null;
};

const orderColumns = `account_id, id, service_id, provider_id, provider_service, provider_order,
          status, link, quantity, runs, interval_minutes, fields, rate, charge, refunded, cost,
          booked_cost, cost_bookings, start_count, remains, note, request_id, created_at, updated_at,
          started_at, finished_at, parent_id, run, source, held`;

function orderFromRow(row: OrderRow): Order {
  return {
    accountId: row.account_id,
    id: row.id,
    serviceId: row.service_id,
    providerId: row.provider_id,
    providerService: row.provider_service ?? undefined,
    providerOrder: row.provider_order ?? undefined,
    status: row.status,
    link: row.link,
    quantity: row.quantity,
    runs: row.runs ?? undefined,
    intervalMinutes: row.interval_minutes ?? undefined,
    fields: row.fields ?? {},
    rate: amountFromDecimal(row.rate),
    charge: amountFromDecimal(row.charge),
    refunded: amountFromDecimal(row.refunded),
    cost: row.cost === null ? undefined : amountFromDecimal(row.cost),
    bookedCost: amountFromDecimal(row.booked_cost),
    costBookings: row.cost_bookings,
    startCount: row.start_count ?? undefined,
    remains: row.remains,
    note: row.note ?? undefined,
    requestId: row.request_id ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    startedAt: row.started_at ?? undefined,
    finishedAt: row.finished_at ?? undefined,
    parentId: row.parent_id ?? undefined,
    run: row.run ?? undefined,
    source: row.source,
    held: row.held ?? undefined,
  };
}

const lockOrderSql = statement<OrderRow>(
  "orders.lockOrder",
  `select ${orderColumns}
     from orders
    where account_id = $1::bigint and id = $2::bigint
      for no key update`,
);

/** Locks one order until the transaction ends. Orders are locked before accounts. */
export async function lockOrder(
  tx: Tx,
  accountId: AccountId,
  id: OrderId,
): Promise<Order | undefined> {
  const row = await lockOrderSql.maybe(tx, accountId, id);
  return row && orderFromRow(row);
}

const lockOrdersSql = statement<OrderRow>(
  "orders.lockOrders",
  `select ${orderColumns}
     from orders
    where account_id = $1::bigint and id = any ($2::bigint[])
    order by id
      for no key update`,
);

/** Locks those of the orders that belong to the account, in the order of their ids. */
export async function lockOrders(
  tx: Tx,
  accountId: AccountId,
  ids: readonly OrderId[],
): Promise<Order[]> {
  return (await lockOrdersSql.all(tx, accountId, ids)).map(orderFromRow);
}

const findOrderSql = statement<OrderRow>(
  "orders.findOrder",
  `select ${orderColumns} from orders where id = $1::bigint`,
);

/** For staff, who know an order by its id alone. */
export async function findOrder(db: Queryable, id: OrderId): Promise<Order | undefined> {
  const row = await findOrderSql.maybe(db, id);
  return row && orderFromRow(row);
}

const listOrdersByKeySql = statement<OrderRow>(
  "orders.listOrdersByKey",
  `select ${orderColumns
    .split(",")
    .map((column) => `o.${column.trim()}`)
    .join(", ")}
     from unnest($1::bigint[], $2::bigint[]) with ordinality as i (account_id, id, n)
     join orders o on o.account_id = i.account_id and o.id = i.id
    order by i.n`,
);

/** The orders of these (account, id) pairs; pairs without an order are left out. */
export async function listOrdersByKey(
  db: Queryable,
  keys: readonly { readonly accountId: AccountId; readonly orderId: OrderId }[],
): Promise<Order[]> {
  const rows = await listOrdersByKeySql.all(
    db,
    keys.map((key) => key.accountId),
    keys.map((key) => key.orderId),
  );
  return rows.map(orderFromRow);
}

const setProviderOrderSql = statement(
  "orders.setProviderOrder",
  `update orders
      set provider_order = $3::text, note = null, updated_at = panel_now()
    where account_id = $1::bigint and id = $2::bigint`,
);

/** Stores the number under which the provider accepted an order. */
export async function setProviderOrder(
  tx: Tx,
  accountId: AccountId,
  id: OrderId,
  providerOrder: string,
): Promise<void> {
  await setProviderOrderSql.run(tx, accountId, id, providerOrder);
}

const setNoteSql = statement(
  "orders.setNote",
  `update orders
      set note = $3::text, updated_at = panel_now()
    where account_id = $1::bigint and id = $2::bigint`,
);

/** Sets the note for staff on an order. */
export async function setOrderNote(
  tx: Tx,
  accountId: AccountId,
  id: OrderId,
  note: string,
): Promise<void> {
  await setNoteSql.run(tx, accountId, id, note);
}

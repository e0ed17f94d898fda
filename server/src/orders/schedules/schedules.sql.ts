import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId, ProviderId } from "#values/ids.ts";
import type { OrderOrigin } from "#values/order-origin.ts";
import { decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { OrderStatus } from "#values/order-status.ts";
import type { RunTally, ScheduleStatus } from "./drip-feed.ts";
import type { Order } from "#orders/orders.sql.ts";

export type ScheduleKind = "drip_feed" | "subscription";

/** Where an order that makes others stands. */
export type Schedule = {
  readonly accountId: AccountId;
  readonly orderId: OrderId;
  readonly kind: ScheduleKind;
  readonly status: ScheduleStatus;
  /** Why it is paused or was stopped. */
  readonly reason: string | undefined;
  /** When the next run is due. */
  readonly nextAt: Date;
  /** True where its provider runs it, and the panel takes over what the provider says. */
  readonly isMirrored: boolean;
};

type ScheduleRow = {
  account_id: AccountId;
  order_id: OrderId;
  kind: ScheduleKind;
  status: ScheduleStatus;
  reason: string | null;
  next_at: Date;
  is_mirrored: boolean;
};

function scheduleFromRow(row: ScheduleRow): Schedule {
  return {
    accountId: row.account_id,
    orderId: row.order_id,
    kind: row.kind,
    status: row.status,
    reason: row.reason ?? undefined,
    nextAt: row.next_at,
    isMirrored: row.is_mirrored,
  };
}

const scheduleColumns = "account_id, order_id, kind, status, reason, next_at, is_mirrored";

const insertScheduleSql = statement(
  "orders.insertSchedule",
  `insert into schedules (account_id, order_id, kind, is_mirrored, next_at)
   select account_id, id, $3::text, $4::boolean, created_at
     from orders
    where account_id = $1::bigint and id = $2::bigint
   on conflict do nothing`,
);
const findScheduleSql = statement<ScheduleRow>(
  "orders.findSchedule",
  `select ${scheduleColumns}
     from schedules
    where account_id = $1::bigint and order_id = $2::bigint`,
);

/** The schedule of an order, without a lock; `undefined` before its first turn. */
export async function findSchedule(
  db: Queryable,
  accountId: AccountId,
  orderId: OrderId,
): Promise<Schedule | undefined> {
  const row = await findScheduleSql.maybe(db, accountId, orderId);
  return row && scheduleFromRow(row);
}

const listSchedulesOfSql = statement<ScheduleRow>(
  "orders.listSchedulesOf",
  `select ${scheduleColumns}
     from schedules
    where account_id = $1::bigint and order_id = any ($2::bigint[])`,
);

/** The schedules of these orders, in no order. */
export async function listSchedulesOf(
  db: Queryable,
  accountId: AccountId,
  ids: readonly OrderId[],
): Promise<Schedule[]> {
  return (await listSchedulesOfSql.all(db, accountId, ids)).map(scheduleFromRow);
}

/** The schedule of a locked order, created if missing: its first run is due at once. */
export async function ensureSchedule(tx: Tx, order: Order, kind: ScheduleKind): Promise<Schedule> {
  await insertScheduleSql.run(tx, order.accountId, order.id, kind, false);
  return scheduleFromRow(await findScheduleSql.one(tx, order.accountId, order.id));
}

/** The same for a subscription that its provider runs. */
export async function ensureMirror(tx: Tx, order: Order): Promise<Schedule> {
  await insertScheduleSql.run(tx, order.accountId, order.id, "subscription", true);
  return scheduleFromRow(await findScheduleSql.one(tx, order.accountId, order.id));
}

const updateScheduleSql = statement(
  "orders.updateSchedule",
  `update schedules
      set status = $3::text, reason = $4::text,
          next_at = case kind when 'drip_feed' then $5::timestamptz else next_at end,
          updated_at = panel_now()
    where account_id = $1::bigint and order_id = $2::bigint`,
);

/**
 * Writes where the schedule of a locked order stands, except for when its feed is read: leasing a
 * feed sets that without the order's lock.
 */
export async function updateSchedule(
  tx: Tx,
  schedule: Pick<Schedule, "accountId" | "orderId" | "status" | "reason" | "nextAt">,
): Promise<void> {
  const { accountId, orderId, status, reason, nextAt } = schedule;
  await updateScheduleSql.run(tx, accountId, orderId, status, reason, nextAt);
}

type TallyRow = {
  now: Date;
  made: number;
  open: number;
  failed: number;
  delivered: number;
  delivered_open: number;
  lost: number;
  start_count: number | null;
};

// A run that came to nothing at its provider may say anything about what remains.
const tallySql = statement<TallyRow>(
  "orders.tallyRuns",
  `with runs as (
     select r.run, r.quantity, r.start_count, r.id,
            r.status in ('completed', 'partial', 'canceled') as is_over,
            case r.status
              when 'completed' then r.quantity
              when 'canceled' then 0
              else greatest(0, least(r.quantity, r.quantity - r.remains)) end as delivered
       from orders r
      where r.account_id = $1::bigint and r.parent_id = $2::bigint
   )
   select panel_now() as now,
          coalesce(max(run), 0) as made,
          count(*) filter (where not is_over) as open,
          count(*) filter (where not is_over and exists (
            select from desk_entries d
             where d.account_id = $1::bigint and d.order_id = runs.id and d.reason = 'failed'
               and d.closed_at is null)) as failed,
          coalesce(sum(delivered) filter (where is_over), 0)::bigint as delivered,
          coalesce(sum(delivered) filter (where not is_over), 0)::bigint as delivered_open,
          coalesce(sum(quantity - delivered) filter (where is_over), 0)::bigint as lost,
          (select f.start_count from runs f where f.start_count is not null
            order by f.run limit 1) as start_count
     from runs`,
);

/** The results of a locked order's runs, and the current time. */
export async function tallyRuns(
  tx: Tx,
  { accountId, id }: Order,
): Promise<RunTally & { readonly now: Date; readonly startCount: number | undefined }> {
  const row = await tallySql.one(tx, accountId, id);
  return {
    now: row.now,
    made: row.made,
    open: row.open,
    failed: row.failed,
    delivered: row.delivered,
    deliveredOpen: row.delivered_open,
    lost: row.lost,
    startCount: row.start_count ?? undefined,
  };
}

const insertRunSql = statement<{ id: OrderId }>(
  "orders.insertRun",
  `insert into orders (account_id, id, service_id, provider_id, key_id, quantity, remains, rate,
                       charge, cost, link, fields, provider_service, parent_id, run, source,
                       created_at, updated_at)
   select p.account_id, nextval('order_ids'), p.service_id, $3::bigint, p.key_id, $5::bigint,
          $5::bigint, p.rate, 0, $6::numeric, p.link, p.fields, $4::text, p.id, $7::integer,
          $8::text, panel_now(), panel_now()
     from orders p
    where p.account_id = $1::bigint and p.id = $2::bigint
   returning id`,
);

/**
 * Makes one run of a locked order. The order's charge pays for the run: its own charge is nothing.
 * The number is unique, so that a run is made once.
 */
export async function insertRun(
  tx: Tx,
  parent: Order,
  run: {
    readonly number: number;
    readonly quantity: number;
    readonly providerId: ProviderId;
    readonly providerService: string | undefined;
    readonly cost: Amount | undefined;
    readonly source: OrderOrigin;
  },
): Promise<OrderId> {
  const row = await insertRunSql.one(
    tx,
    parent.accountId,
    parent.id,
    run.providerId,
    run.providerService,
    run.quantity,
    run.cost === undefined ? null : decimalFromAmount(run.cost),
    run.number,
    run.source,
  );
  return row.id;
}

export type RunRow = {
  readonly parent_id: OrderId;
  readonly id: OrderId;
  readonly run: number;
  readonly status: OrderStatus;
  readonly quantity: number;
  readonly remains: number;
  readonly start_count: number | null;
  readonly charge: string;
  readonly link: string;
  readonly created_at: Date;
};

const listRunsSql = statement<RunRow>(
  "orders.listRuns",
  `select parent_id, id, run, status, quantity, remains, start_count,
          (charge - refunded)::text as charge, link, created_at
     from orders
    where account_id = $1::bigint and parent_id = any ($2::bigint[])
    order by parent_id, run
    limit $3::integer`,
);

/** The orders that these orders made, by their number. */
export function listRuns(
  db: Queryable,
  accountId: AccountId,
  parents: readonly OrderId[],
  limit: number,
): Promise<RunRow[]> {
  return listRunsSql.all(db, accountId, parents, limit);
}

const listSchedulesSql = statement<ScheduleRow>(
  "orders.listSchedules",
  `select ${scheduleColumns}
     from schedules
    where kind = $1::text and order_id < coalesce($2::bigint, 9007199254740991)
      and ($3::bigint is null or account_id = $3::bigint)
      and ($4::boolean or status <> 'done')
    order by order_id desc
    limit $5::integer`,
);

/** Newest first. Ended ones only with `withDone`. */
export async function listSchedules(
  db: Queryable,
  kind: ScheduleKind,
  filter: { accountId?: AccountId; beforeId?: OrderId; withDone: boolean; limit: number },
): Promise<Schedule[]> {
  const { accountId, beforeId, withDone, limit } = filter;
  const rows = await listSchedulesSql.all(db, kind, beforeId, accountId, withDone, limit);
  return rows.map(scheduleFromRow);
}

import { arrayText, statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { OrderStatus } from "#values/order-status.ts";
import type { DeskReason } from "#orders/desk.sql.ts";

/** What is needed to follow an order at its provider. */
export type FollowedOrder = {
  readonly accountId: AccountId;
  readonly orderId: OrderId;
  readonly providerOrder: string | undefined;
  readonly status: OrderStatus;
  readonly quantity: number;
  readonly startCount: number | undefined;
  readonly remains: number;
  readonly charge: Amount;
  readonly refunded: Amount;
  /** Expected, in the panel's currency. */
  readonly cost: Amount | undefined;
  readonly bookedCost: Amount;
  readonly costBookings: number;
  readonly note: string | undefined;
  /** Since delivery began. Before that, since the order last changed. */
  readonly ageSeconds: number;
  /** Why it is on the desk. */
  readonly desk: readonly DeskReason[];
  /** Set for a subscription; `mirrored` once its provider was seen to run it. */
  readonly subscription?: "new" | "mirrored";
};

type Key = { readonly accountId: AccountId; readonly orderId: OrderId };

type FollowedRow = {
  account_id: AccountId;
  id: OrderId;
  provider_order: string | null;
  status: OrderStatus;
  quantity: number;
  start_count: number | null;
  remains: number;
  charge: string;
  refunded: string;
  cost: string | null;
  booked_cost: string;
  cost_bookings: number;
  note: string | null;
  age_seconds: number;
  desk: DeskReason[];
  is_mirrored: boolean | null;
};

// Only a subscription is ordered without a quantity.
const selectFollowed = `
  select o.account_id, o.id, o.provider_order, o.status, o.quantity, o.start_count, o.remains,
         o.charge, o.refunded, o.cost, o.booked_cost, o.cost_bookings, o.note,
         extract(epoch from panel_now() - coalesce(o.started_at, o.updated_at))::float8
           as age_seconds,
         array(select d.reason
                 from desk_entries d
                where d.account_id = o.account_id and d.order_id = o.id
                  and d.closed_at is null) as desk,
         case when o.quantity = 0
              then exists (select from schedules s
                            where s.account_id = o.account_id and s.order_id = o.id
                              and s.is_mirrored) end as is_mirrored
    from unnest($1::bigint[], $2::bigint[]) as i (account_id, id)
    join orders o on o.account_id = i.account_id and o.id = i.id
   order by o.account_id, o.id`;

const listSql = statement<FollowedRow>("orders.listFollowed", selectFollowed);
const lockSql = statement<FollowedRow>(
  "orders.lockFollowed",
  `${selectFollowed}
     for no key update of o`,
);

function followedFromRow(row: FollowedRow): FollowedOrder {
  return {
    accountId: row.account_id,
    orderId: row.id,
    providerOrder: row.provider_order ?? undefined,
    status: row.status,
    quantity: row.quantity,
    startCount: row.start_count ?? undefined,
    remains: row.remains,
    charge: amountFromDecimal(row.charge),
    refunded: amountFromDecimal(row.refunded),
    cost: row.cost === null ? undefined : amountFromDecimal(row.cost),
    bookedCost: amountFromDecimal(row.booked_cost),
    costBookings: row.cost_bookings,
    note: row.note ?? undefined,
    ageSeconds: row.age_seconds,
    desk: row.desk,
    ...(row.is_mirrored !== null && { subscription: row.is_mirrored ? "mirrored" : "new" }),
  };
}

function pairs(keys: readonly Key[]): [string, string] {
  return [arrayText(keys.map((key) => key.accountId)), arrayText(keys.map((key) => key.orderId))];
}

/** As they are now, without a lock, in the order of accounts and ids. */
export async function listFollowed(db: Queryable, keys: readonly Key[]): Promise<FollowedOrder[]> {
  return (await listSql.all(db, ...pairs(keys))).map(followedFromRow);
}

/** Locks the orders, in the order of accounts and ids, until the transaction ends. */
export async function lockFollowed(tx: Tx, keys: readonly Key[]): Promise<FollowedOrder[]> {
  return (await lockSql.all(tx, ...pairs(keys))).map(followedFromRow);
}

const setCostsSql = statement(
  "orders.setBookedCosts",
  `update orders o
      set booked_cost = i.cost, cost_bookings = o.cost_bookings + 1
     from unnest($1::bigint[], $2::bigint[], $3::numeric[]) as i (account_id, id, cost)
    where o.account_id = i.account_id and o.id = i.id`,
);

/** Sets what locked orders cost. Only together with the postings of `bookCosts`. */
export async function setBookedCosts(
  tx: Tx,
  orders: readonly (Key & { readonly bookedCost: Amount })[],
): Promise<void> {
  await setCostsSql.run(
    tx,
    ...pairs(orders),
    orders.map((order) => decimalFromAmount(order.bookedCost)),
  );
}

import type { AccountId, OrderId } from "#values/ids.ts";
import type { OrderStatus } from "#values/order-status.ts";

/** A change since the last look, and its order as it stands now. */
export type ChangeRow = {
  readonly id: number;
  readonly account_id: AccountId;
  readonly order_id: OrderId;
  readonly parent_id: OrderId | null;
  readonly status_before: OrderStatus;
  readonly status: OrderStatus;
  readonly remains_before: number;
  readonly remains: number;
  readonly start_count_before: number | null;
  readonly start_count: number | null;
  readonly refunded_before: string;
  readonly refunded: string;
  readonly quantity: number;
  readonly charge: string;
  readonly now_status: OrderStatus;
  readonly now_remains: number;
  readonly now_refunded: string;
  readonly is_parent: boolean;
  readonly source: string;
};

/** A posting since the last look. */
export type PostingRow = {
  readonly account_id: AccountId;
  readonly seq: number;
  readonly kind: string;
  readonly order_id: OrderId | null;
  readonly direction: number;
  readonly amount: string;
  readonly balance_after: string;
};

/** An event since the last look. */
export type EventRow = {
  readonly account_id: AccountId;
  readonly seq: number;
  readonly kind: string;
  readonly order_id: OrderId | null;
  readonly data: { readonly status?: string; readonly remains?: number; readonly charge?: string };
};

/** An order since the last look. */
export type NewRow = {
  readonly id: OrderId;
  readonly account_id: AccountId;
  readonly parent_id: OrderId | null;
  readonly quantity: number;
  readonly charge: string;
  readonly source: string;
  readonly rate: string;
  readonly type: string;
  readonly pays_parent: boolean;
};

/** From a change on. */
export const changesSql = {
  name: "simulation.changes",
  text: `
  select c.id, c.account_id, c.order_id, o.parent_id, c.status_before, c.status, c.remains_before,
         c.remains, c.start_count_before, c.start_count, c.refunded_before, c.refunded, o.quantity,
         o.charge, o.status as now_status, o.remains as now_remains, o.refunded as now_refunded,
         o.source,
         exists (select from schedules s
                  where s.account_id = o.account_id and s.order_id = o.id) as is_parent
    from order_changes c
    join orders o on o.account_id = c.account_id and o.id = c.order_id
   where c.id > $1
   order by c.id`,
};
/** From a posting of each account on. */
export const postingsSql = {
  name: "simulation.postings",
  text: `
  select p.account_id, p.seq, p.kind, p.order_id, p.direction, p.amount, p.balance_after
    from unnest($1::bigint[], $2::bigint[]) as mark (account_id, seq)
    join postings p on p.account_id = mark.account_id and p.seq > mark.seq
   order by p.account_id, p.seq`,
};
/** From an event of each account on. */
export const eventsSql = {
  name: "simulation.events",
  text: `
  select e.account_id, e.seq, e.kind, e.order_id, e.data
    from unnest($1::bigint[], $2::bigint[]) as mark (account_id, seq)
    join events e on e.account_id = mark.account_id and e.seq > mark.seq
   order by e.account_id, e.seq`,
};
/** From an order on. */
export const newSql = {
  name: "simulation.new",
  text: `
  select o.id, o.account_id, o.parent_id, o.quantity, o.charge, o.source, o.rate, s.type,
         exists (select from orders p
                  where p.account_id = o.account_id and p.id = o.parent_id
                    and p.runs is not null) as pays_parent
    from orders o
    join services s on s.id = o.service_id
   where o.account_id = any ($1::bigint[]) and o.id > $2
   order by o.id`,
};

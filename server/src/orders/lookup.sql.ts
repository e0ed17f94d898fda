import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { AccountId, ApiKeyId, OrderId, ServiceId } from "#values/ids.ts";
import type { OrderStatus } from "#values/order-status.ts";

/** Who asks: hot statements check in the same breath that the key still lives. */
export type Caller = {
  readonly accountId: AccountId;
  readonly keyId: ApiKeyId;
  readonly keyVersion: number;
};

/** One order as the API shows it; every field null where the caller has no such order. */
export type LookupRow = {
  /** `ok`, `key` (dead or changed) or `inactive` (customer). */
  readonly caller: "ok" | "key" | "inactive";
  readonly id: OrderId;
  readonly service_id: ServiceId | null;
  readonly charge: string;
  readonly start_count: string | null;
  readonly status: OrderStatus;
  readonly remains: string;
};

// Plans must not depend on the first values seen; the orders come by primary key, one probe each.
const lookUpSql = statement<LookupRow>(
  "orders.lookUp",
  `select case when k.id is null then 'key' when c.status <> 'active' then 'inactive' else 'ok' end
            as caller,
          i.id, o.service_id, (o.charge - o.refunded)::text as charge, o.start_count::text, o.status,
          o.remains::text
     from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) with ordinality
          as i (account, key, key_version, id, n)
     left join customers c on c.account_id = i.account
     left join api_keys k on k.id = i.key and k.account_id = i.account
                         and k.version = i.key_version and k.revoked_at is null
                         and (k.expires_at is null or k.expires_at > panel_now())
     left join orders o on o.account_id = i.account and o.id = i.id
    order by i.n`,
);

/** One answer for each question, in their order. */
export function lookUpOrders(
  db: Queryable,
  questions: readonly { readonly caller: Caller; readonly orderId: OrderId }[],
): Promise<LookupRow[]> {
  return lookUpSql.all(
    db,
    questions.map((question) => question.caller.accountId),
    questions.map((question) => question.caller.keyId),
    questions.map((question) => question.caller.keyVersion),
    questions.map((question) => question.orderId),
  );
}

export type BalanceRow = { readonly caller: LookupRow["caller"]; readonly balance: string };

const lookUpBalancesSql = statement<BalanceRow>(
  "orders.lookUpBalances",
  `select case when k.id is null then 'key' when c.status <> 'active' then 'inactive' else 'ok' end
            as caller,
          coalesce(p.balance_after, 0)::text as balance
     from unnest($1::bigint[], $2::bigint[], $3::bigint[]) with ordinality
          as i (account, key, key_version, n)
     left join customers c on c.account_id = i.account
     left join api_keys k on k.id = i.key and k.account_id = i.account
                         and k.version = i.key_version and k.revoked_at is null
                         and (k.expires_at is null or k.expires_at > panel_now())
     left join lateral (select p.balance_after
                          from postings p
                         where p.account_id = i.account
                         order by p.seq desc
                         limit 1) p on true
    order by i.n`,
);

/** One balance for each caller, in their order. */
export function lookUpBalances(db: Queryable, callers: readonly Caller[]): Promise<BalanceRow[]> {
  return lookUpBalancesSql.all(
    db,
    callers.map((caller) => caller.accountId),
    callers.map((caller) => caller.keyId),
    callers.map((caller) => caller.keyVersion),
  );
}

const findByRequestSql = statement<{ id: OrderId; is_same: boolean }>(
  "orders.findByRequest",
  `select o.id, o.request_hash = $3::uuid as is_same
     from orders o
    where o.account_id = $1::bigint and o.request_id = $2::text`,
);

/** The order that a request id stands for, and whether it was made by this very request. */
export async function findOrderByRequest(
  db: Queryable,
  accountId: AccountId,
  requestId: string,
  requestHash: string,
): Promise<{ orderId: OrderId; isSame: boolean } | undefined> {
  const row = await findByRequestSql.maybe(db, accountId, requestId, requestHash);
  return row && { orderId: row.id, isSame: row.is_same };
}

export type OrderListRow = {
  readonly id: OrderId;
  readonly service_id: ServiceId;
  readonly link: string;
  readonly quantity: number;
  readonly charge: string;
  readonly start_count: string | null;
  readonly remains: string;
  readonly status: OrderStatus;
  readonly request_id: string | null;
  readonly created_at: Date;
};

const listRecentSql = statement<OrderListRow>(
  "orders.listRecent",
  `select id, service_id, link, quantity, (charge - refunded)::text as charge, start_count::text,
          remains::text, status, request_id, created_at
     from orders
    where account_id = $1::bigint
      and ($2::text is null or request_id = $2::text)
      and ($3::timestamptz is null or created_at >= $3::timestamptz)
    order by id desc
    limit $4::integer`,
);

/** A customer's newest orders: those of one request id, or those placed since a moment, or all. */
export function listRecentOrders(
  db: Queryable,
  accountId: AccountId,
  filter: { requestId?: string; since?: Date; limit: number },
): Promise<OrderListRow[]> {
  return listRecentSql.all(db, accountId, filter.requestId, filter.since, filter.limit);
}

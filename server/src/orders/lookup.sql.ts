import { arrayText, statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import { idFromDatabase } from "#values/ids.ts";
import type { AccountId, ApiKeyId, OrderId, ServiceId } from "#values/ids.ts";
import { amountFromDecimal, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { orderStatusFromDatabase } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";

/** Who asks: hot statements check in the same breath that the key still lives. */
export type Caller = {
  readonly accountId: AccountId;
  readonly keyId: ApiKeyId;
  readonly keyVersion: number;
};

/** What a hot statement found of who asks: `key` is dead or changed, `inactive` the customer. */
export type CallerState = "ok" | "key" | "inactive";

/** One order as the API shows it. */
export type ShownOrder = {
  readonly id: OrderId;
  readonly serviceId: ServiceId;
  /** The charge less what was refunded. */
  readonly charge: Amount;
  readonly startCount: string | null;
  readonly status: OrderStatus;
  readonly remains: string;
  /** Whether it is ordered in runs, or is itself a run or a post of another order. */
  readonly role: "in_runs" | "made" | undefined;
};

export type Lookup = {
  readonly caller: CallerState;
  /** `undefined` where the caller has no such order. */
  readonly order: ShownOrder | undefined;
};

// The answers come as one text: taking thousands of small columns apart would cost this process more
// than finding the rows costs the database. No field can hold the separators.
const orderText = `concat_ws(',', o.id, o.service_id, o.charge - o.refunded,
                             coalesce(o.start_count::text, ''), o.status, o.remains,
                             case when o.parent_id is not null then 'made'
                                  when o.runs is not null then 'in_runs' end)`;

const liveKey = `k.revoked_at is null and (k.expires_at is null or k.expires_at > panel_now())`;

const lookUpSql = statement<{ answers: string | null }>(
  "orders.lookUp",
  `select string_agg(case when k.id is null then 'key'
                          when c.status <> 'active' then 'inactive'
                          when o.id is null then ''
                          else ${orderText} end, ';' order by i.n) as answers
     from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) with ordinality
          as i (account, key, key_version, id, n)
     left join customers c on c.account_id = i.account
     left join api_keys k on k.id = i.key and k.account_id = i.account
                         and k.version = i.key_version and ${liveKey}
     left join orders o on o.account_id = i.account and o.id = i.id`,
);

/** One answer for each question, in their order. */
export async function lookUpOrders(
  db: Queryable,
  questions: readonly { readonly caller: Caller; readonly orderId: OrderId }[],
): Promise<Lookup[]> {
  const { answers } = await lookUpSql.one(
    db,
    arrayText(questions.map(({ caller }) => caller.accountId)),
    arrayText(questions.map(({ caller }) => caller.keyId)),
    arrayText(questions.map(({ caller }) => caller.keyVersion)),
    arrayText(questions.map(({ orderId }) => orderId)),
  );
  return (answers ?? "").split(";").map((answer) => {
    if (answer === "key" || answer === "inactive") return { caller: answer, order: undefined };
    return { caller: "ok", order: answer === "" ? undefined : orderFromText(answer) };
  });
}

const lookUpOfSql = statement<{ caller: CallerState; answers: string | null }>(
  "orders.lookUpOf",
  `select coalesce((select case when c.status <> 'active' then 'inactive' else 'ok' end
                      from api_keys k
                      join customers c on c.account_id = k.account_id
                     where k.id = $2::bigint and k.account_id = $1::bigint
                       and k.version = $3::bigint and ${liveKey}), 'key') as caller,
          (select string_agg(${orderText}, ';')
             from orders o
            where o.account_id = $1::bigint and o.id = any ($4::bigint[])) as answers`,
);

/** Those of the orders that are the caller's, in no order. */
export async function lookUpOrdersOf(
  db: Queryable,
  caller: Caller,
  orderIds: readonly OrderId[],
): Promise<{ readonly caller: CallerState; readonly orders: ShownOrder[] }> {
  const ids = arrayText(orderIds);
  const row = await lookUpOfSql.one(db, caller.accountId, caller.keyId, caller.keyVersion, ids);
  const orders = row.answers === null ? [] : row.answers.split(";").map(orderFromText);
  return { caller: row.caller, orders };
}

function orderFromText(text: string): ShownOrder {
  const [id, serviceId, charge = "0", startCount = "", status = "", remains = "", role] =
    text.split(",");
  return {
    id: idFromDatabase<OrderId>(id),
    serviceId: idFromDatabase<ServiceId>(serviceId),
    charge: amountFromDecimal(charge),
    startCount: startCount === "" ? null : startCount,
    status: orderStatusFromDatabase(status),
    remains,
    role: role === "in_runs" || role === "made" ? role : undefined,
  };
}

export type BalanceRow = { readonly caller: CallerState; readonly balance: Amount };

const lookUpBalancesSql = statement<{ answers: string | null }>(
  "orders.lookUpBalances",
  `select string_agg(case when k.id is null then 'key'
                          when c.status <> 'active' then 'inactive'
                          else coalesce(p.balance_after, 0)::text end, ';' order by i.n) as answers
     from unnest($1::bigint[], $2::bigint[], $3::bigint[]) with ordinality
          as i (account, key, key_version, n)
     left join customers c on c.account_id = i.account
     left join api_keys k on k.id = i.key and k.account_id = i.account
                         and k.version = i.key_version and ${liveKey}
     left join lateral (select p.balance_after
                          from postings p
                         where p.account_id = i.account
                         order by p.seq desc
                         limit 1) p on true`,
);

/** One balance for each caller, in their order. */
export async function lookUpBalances(
  db: Queryable,
  callers: readonly Caller[],
): Promise<BalanceRow[]> {
  const { answers } = await lookUpBalancesSql.one(
    db,
    arrayText(callers.map((caller) => caller.accountId)),
    arrayText(callers.map((caller) => caller.keyId)),
    arrayText(callers.map((caller) => caller.keyVersion)),
  );
  return (answers ?? "")
    .split(";")
    .map((answer) =>
      answer === "key" || answer === "inactive"
        ? { caller: answer, balance: zero }
        : { caller: "ok", balance: amountFromDecimal(answer) },
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
    where account_id = $1::bigint and source <> 'refill'
      and ($2::text is null or request_id = $2::text)
      and ($3::timestamptz is null or created_at >= $3::timestamptz)
    order by id desc
    limit $4::integer`,
);

/**
 * A customer's newest orders: those of one request id, or those placed since a moment, or all. The
 * panel's own orders for refills are none of theirs.
 */
export function listRecentOrders(
  db: Queryable,
  accountId: AccountId,
  filter: { requestId?: string; since?: Date; limit: number },
): Promise<OrderListRow[]> {
  return listRecentSql.all(db, accountId, filter.requestId, filter.since, filter.limit);
}

import { arrayText, statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import { idFromDatabase } from "#values/ids.ts";
import type { AccountId, OrderId, ServiceId } from "#values/ids.ts";
import { amountFromDecimal } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { orderStatusFromDatabase } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";
import type { Caller, CallerState, Checked, HotLookup } from "./known-callers.ts";

/** One order as the API shows it. */
export type ShownOrder = {
  readonly id: OrderId;
  readonly serviceId: ServiceId;
  /** The charge less what was refunded. */
  readonly charge: Amount;
  readonly startCount: string | null;
  readonly status: OrderStatus;
  readonly remains: string;
  /** Whether it is ordered in runs, or is itself a run or post of another order. */
  readonly role: "in_runs" | "made" | undefined;
};

const accountsMax = 50_000;

// The answers come as one text: splitting thousands of small columns would cost this process more
// than finding the rows costs the database. No field can contain the separators.
const orderText = `concat_ws(',', o.id, o.service_id, o.charge - o.refunded,
                             coalesce(o.start_count::text, ''), o.status, o.remains,
                             case when o.parent_id is not null then 'made'
                                  when o.runs is not null then 'in_runs' end)`;

const liveKey = `k.revoked_at is null and (k.expires_at is null or k.expires_at > panel_now())`;

const stamp = `(select stamp::text from caller_changes where only_row) as stamp`;

const joinCallers = `left join customers c on c.account_id = i.account
     left join api_keys k on k.id = i.key and k.account_id = i.account
                         and k.version = i.key_version and ${liveKey}`;

// Precedes an answer. `ends` means that the key is alive now and has an expiry.
const callerText = `case when k.id is null then 'key' when c.status <> 'active' then 'inactive'
                          when k.expires_at is not null then 'ends' else 'lasts' end`;

type Stamped = { stamp: string | null; answers: string | null };

const knownOrdersSql = statement<Stamped>(
  "orders.lookUpKnown",
  `select ${stamp}, string_agg(case when o.id is null then '' else ${orderText} end, ';'
                              order by i.n) as answers
     from unnest($1::bigint[], $2::bigint[]) with ordinality as i (account, id, n)
     left join orders o on o.account_id = i.account and o.id = i.id`,
);
const anyOrdersSql = statement<Stamped>(
  "orders.lookUp",
  `select ${stamp}, string_agg(concat(${callerText}, ':', case when o.id is not null then ${orderText} end),
                              ';' order by i.n) as answers
     from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) with ordinality
          as i (account, key, key_version, id, n)
     ${joinCallers}
     left join orders o on o.account_id = i.account and o.id = i.id`,
);

export type OrderQuestion = { readonly caller: Caller; readonly orderId: OrderId };

/** Looks up single orders; `undefined` for one that the caller does not have. */
export function orderLookup(db: Queryable): HotLookup<OrderQuestion, ShownOrder | undefined> {
  const orderOf = (text: string) => (text === "" ? undefined : orderFromText(text));
  return {
    ofKnown: async (questions) => {
      const row = await knownOrdersSql.one(
        db,
        arrayText(questions.map(({ caller }) => caller.accountId)),
        arrayText(questions.map(({ orderId }) => orderId)),
      );
      return { stamp: row.stamp, answers: (row.answers ?? "").split(";").map(orderOf) };
    },
    ofAny: async (questions) => {
      const callers = questions.map(({ caller }) => caller);
      const ids = arrayText(questions.map(({ orderId }) => orderId));
      return readChecked(
        await anyOrdersSql.one(db, ...callerArrays(callers), ids),
        callers,
        (_caller, text) => orderOf(text),
      );
    },
  };
}

function callerArrays(callers: readonly Caller[]): string[] {
  return [
    arrayText(callers.map((caller) => caller.accountId)),
    arrayText(callers.map((caller) => caller.keyId)),
    arrayText(callers.map((caller) => caller.keyVersion)),
  ];
}

function readChecked<Found>(
  row: Stamped,
  callers: readonly Caller[],
  read: (caller: Caller, answer: string) => Found,
): { stamp: string | null; answers: Checked<Found>[]; lasting: Caller[] } {
  const lasting: Caller[] = [];
  const answers = (row.answers ?? "").split(";").map((text, n): Checked<Found> => {
    const [state, answer = ""] = text.split(":");
    const caller = callers[n];
    if (caller === undefined || state === "key") return { caller: "key" };
    if (state === "inactive") return { caller: "inactive" };
    if (state === "lasts") lasting.push(caller);
    return { caller: "ok", found: read(caller, answer) };
  });
  return { stamp: row.stamp, answers, lasting };
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

/** Those of the orders that belong to the caller, in no order. */
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

const lastPosting = (condition: string) => `
  (select concat(p.seq, ',', p.balance_after)
     from postings p
    where p.account_id = i.account ${condition}
    order by p.seq desc
    limit 1)`;

// The index is read page by page, and a page holds hundreds of an account's postings. Few follow
// the last posting that this process has seen. If that one is gone (a server that took over lacks
// it), all are read.
const knownBalancesSql = statement<Stamped>(
  "orders.lookUpKnownBalances",
  `select ${stamp}, string_agg(coalesce(${lastPosting("and p.seq >= i.seen_seq")}, ${lastPosting("")},
                                       '0,0'), ';' order by i.n) as answers
     from unnest($1::bigint[], $2::bigint[]) with ordinality as i (account, seen_seq, n)`,
);
const anyBalancesSql = statement<Stamped>(
  "orders.lookUpBalances",
  `select ${stamp}, string_agg(concat(${callerText}, ':', coalesce(${lastPosting("")}, '0,0')), ';'
                              order by i.n) as answers
     from unnest($1::bigint[], $2::bigint[], $3::bigint[]) with ordinality
          as i (account, key, key_version, n)
     ${joinCallers}`,
);

export type BalanceQuestion = { readonly caller: Caller };

/** Looks up balances of callers. */
export function balanceLookup(db: Queryable): HotLookup<BalanceQuestion, Amount> {
  const seenSeqs = new Map<AccountId, number>();
  const balanceOf = (caller: Caller, answer: string): Amount => {
    const [seq, balance] = answer.split(",");
    if (balance === undefined) throw new Error("a balance was not answered");
    if (seenSeqs.size >= accountsMax) seenSeqs.clear();
    seenSeqs.set(caller.accountId, Number(seq));
    return amountFromDecimal(balance);
  };
  return {
    ofKnown: async (questions) => {
      const callers = questions.map(({ caller }) => caller);
      const row = await knownBalancesSql.one(
        db,
        arrayText(callers.map((caller) => caller.accountId)),
        arrayText(callers.map((caller) => seenSeqs.get(caller.accountId) ?? 0)),
      );
      const texts = (row.answers ?? "").split(";");
      return {
        stamp: row.stamp,
        answers: callers.map((caller, n) => balanceOf(caller, texts[n] ?? "")),
      };
    },
    ofAny: async (questions) => {
      const callers = questions.map(({ caller }) => caller);
      const row = await anyBalancesSql.one(db, ...callerArrays(callers));
      return readChecked(row, callers, balanceOf);
    },
  };
}

const findByRequestSql = statement<{ id: OrderId; is_same: boolean }>(
  "orders.findByRequest",
  `select o.id, o.request_hash = $3::uuid as is_same
     from orders o
    where o.account_id = $1::bigint and o.request_id = $2::text`,
);

/** The order that a request id stands for, and whether this very request made it. */
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
 * A customer's newest orders: those of one request id, those placed since a moment, or all. The
 * panel's own orders for refills are never included.
 */
export function listRecentOrders(
  db: Queryable,
  accountId: AccountId,
  filter: { requestId?: string; since?: Date; limit: number },
): Promise<OrderListRow[]> {
  return listRecentSql.all(db, accountId, filter.requestId, filter.since, filter.limit);
}

import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";

/** One thing that breaks the ledger's rules. */
export type Drift = { readonly what: string; readonly account: number; readonly detail: string };

const driftsMax = 100;

// Each check reads its tables once, in the order of their primary keys: linear in the postings.
const checks = [
  statement<Drift>(
    "verify.chain",
    `select 'posting does not follow from the one before' as what, account_id as account,
            'posting ' || seq || ': balance ' || balance_after || ', expected '
              || before + direction * amount || ' as number ' || place as detail
       from (select account_id, seq, direction, amount, balance_after,
                    coalesce(lag(balance_after) over by_account, 0) as before,
                    row_number() over by_account as place
               from postings
             window by_account as (partition by account_id order by seq)) chain
      where balance_after <> before + direction * amount or seq <> place
      limit ${driftsMax}`,
  ),
  statement<Drift>(
    "verify.orphans",
    `select 'posting of an account that does not exist' as what, p.account_id as account,
            count(*) || ' postings' as detail
       from postings p left join accounts a on a.id = p.account_id
      where a.id is null
      group by p.account_id
      limit ${driftsMax}`,
  ),
  ...proofsOf({ one: "order", table: "orders", key: "order_id", name: "orders", costs: "costs" }),
  ...proofsOf({
    one: "product order",
    table: "product_orders",
    key: "product_order_id",
    name: "productOrders",
    costs: "productCosts",
  }),
  statement<Drift>(
    "verify.stock",
    `select 'stock and its count disagree' as what, 0 as account,
            'product ' || c.product_id || ': ' || c.free || ' counted, ' || coalesce(i.free, 0)
              || ' there' as detail
       from product_counts c
       left join (select product_id, count(*) as free
                    from product_items
                   where state = 'free'
                   group by product_id) i on i.product_id = c.product_id
      where c.free <> coalesce(i.free, 0)
      limit ${driftsMax}`,
  ),
  statement<Drift>(
    "verify.deliveries",
    `select 'product order and its items disagree' as what, o.account_id as account,
            'product order ' || o.id || ': delivered ' || o.delivered || ', items '
              || coalesce(i.sold, 0) as detail
       from product_orders o
       join products p on p.id = o.product_id and p.type = 'auto'
       left join (select account_id, product_order_id, count(*) as sold
                    from product_items
                   where state in ('sold', 'returned')
                   group by account_id, product_order_id) i
              on i.account_id = o.account_id and i.product_order_id = o.id
      where o.delivered <> coalesce(i.sold, 0)
      limit ${driftsMax}`,
  ),
  statement<Drift>(
    "verify.costPlaces",
    `select 'posting in an account of the wrong kind' as what, a.id as account,
            count(*) || ' postings' as detail
       from postings p join accounts a on a.id = p.account_id
      where (p.kind in ('cost', 'cost_refund')) <> (a.kind = 'provider')
        and p.kind <> 'adjustment'
      group by a.id
      limit ${driftsMax}`,
  ),
  statement<Drift>(
    "verify.providers",
    `select 'account without a provider' as what, a.id as account, '' as detail
       from accounts a left join providers p on p.account_id = a.id
      where a.kind = 'provider' and p.id is null
      limit ${driftsMax}`,
  ),
  statement<Drift>(
    "verify.customers",
    `select 'account without a customer' as what, a.id as account, '' as detail
       from accounts a left join customers c on c.account_id = a.id
      where a.kind in ('customer', 'test') and c.account_id is null
      limit ${driftsMax}`,
  ),
];

/**
 * Checks that orders of one kind agree with their postings, both the customers' and the providers'.
 */
function proofsOf(kind: {
  readonly one: string;
  readonly table: "orders" | "product_orders";
  /** The column of the postings that refers to them. */
  readonly key: "order_id" | "product_order_id";
  /** What the two statements are called. */
  readonly name: string;
  readonly costs: string;
}) {
  const { one, table, key } = kind;
  return [
    statement<Drift>(
      `verify.${kind.name}`,
      `select case when o.id is null then 'posting of ${an(one)} that does not exist'
                   else '${one} and its postings disagree' end as what,
              coalesce(o.account_id, p.account_id) as account,
              '${one} ' || coalesce(o.id, p.${key})
                || ': charge ' || coalesce(o.charge, 0) || ' against ' || coalesce(p.charged, 0)
                || ', refunded ' || coalesce(o.refunded, 0)
                || ' against ' || coalesce(p.refunded, 0) as detail
         from ${table} o
         full join (select account_id, ${key},
                           sum(amount) filter (where kind = 'charge') as charged,
                           sum(amount) filter (where kind = 'refund') as refunded
                      from postings
                     where ${key} is not null and kind in ('charge', 'refund')
                     group by account_id, ${key}) p
                on p.account_id = o.account_id and p.${key} = o.id
        where o.id is null
           or o.charge <> coalesce(p.charged, 0)
           or o.refunded <> coalesce(p.refunded, 0)
        limit ${driftsMax}`,
    ),
    statement<Drift>(
      `verify.${kind.costs}`,
      `select case when o.id is null then 'cost of ${an(one)} that does not exist'
                   else '${one} and its costs disagree' end as what,
              coalesce(o.account_id, 0) as account,
              '${one} ' || coalesce(o.id, p.${key}) || ': booked ' || coalesce(o.booked_cost, 0)
                || ' against ' || coalesce(p.booked, 0) as detail
         from ${table} o
         full join (select ${key}, -sum(direction * amount) as booked
                      from postings
                     where kind in ('cost', 'cost_refund') and ${key} is not null
                     group by ${key}) p
                on p.${key} = o.id
        where o.id is null or o.booked_cost <> coalesce(p.booked, 0)
        limit ${driftsMax}`,
    ),
  ];
}

function an(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

/** Lists everything that is wrong, at most 100 of each kind. An empty list is the proof. */
export async function listDrifts(db: Queryable): Promise<Drift[]> {
  const drifts: Drift[] = [];
  for (const check of checks) drifts.push(...(await check.all(db)));
  return drifts;
}

export type LedgerTotals = {
  readonly currency: string;
  readonly account: string;
  readonly postings: number;
  readonly total: string;
};

const sumEntriesSql = statement<LedgerTotals>(
  "verify.sumEntries",
  `select currency, account, sum(postings)::bigint as postings, sum(total)::text as total
     from (select a.currency,
                  case when a.kind = 'test' then 'test_' else '' end || p.counter::text as account,
                  count(*) as postings,
                  -sum(p.direction * p.amount) as total
             from postings p join accounts a on a.id = p.account_id
            group by 1, 2
            union all
           select a.currency, a.kind::text || 's', count(*), sum(last.balance_after)
             from accounts a
             join lateral (select p.balance_after
                             from postings p
                            where p.account_id = a.id
                            order by p.seq desc
                            limit 1) last on true
            group by 1, 2) sides
    group by currency, account
    order by currency, account`,
);

/**
 * Each side's total: for customers, providers and test accounts from their balances, for the
 * counter accounts from the postings. Together they are zero per currency. So are those of play
 * money, whose counter accounts begin with `test_`.
 */
export function sumEntries(db: Queryable): Promise<LedgerTotals[]> {
  return sumEntriesSql.all(db);
}

/** Begins a read-only transaction that sees one moment. */
export async function beginSnapshot(tx: Tx): Promise<void> {
  await tx.query("begin isolation level repeatable read read only");
}

import { statement } from "#database/statement.ts";
import type { Queryable, Statement } from "#database/statement.ts";
import { amountFromDecimal } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

/** What profit is grouped by. */
export type ProfitSubject = "day" | "service" | "provider";

/** The result of one day, service or provider. Amounts in the panel's currency. */
export type ProfitLine = {
  /** A day as `2027-01-31` (UTC), or the id of a service or a provider. */
  readonly subject: string;
  /** Orders that were charged. */
  readonly orders: number;
  /** Charges less refunds. */
  readonly revenue: Amount;
  /** What providers charged, less what they refunded. */
  readonly cost: Amount;
};

type ProfitRow = { subject: string; orders: number; revenue: string; cost: string };

const linesMax = 10_000;

// Every posting of the period is read once. An order's own movements say when money moved.
function profitBy(subject: ProfitSubject, column: string, orders: string): Statement<ProfitRow> {
  return statement<ProfitRow>(
    `orders.profitBy_${subject}`,
    `select ${column} as subject,
            count(*) filter (where p.kind = 'charge') as orders,
            coalesce(sum(-p.direction * p.amount)
              filter (where p.kind in ('charge', 'refund')), 0)::text as revenue,
            coalesce(sum(-p.direction * p.amount)
              filter (where p.kind in ('cost', 'cost_refund')), 0)::text as cost
       from postings p
       join accounts a on a.id = p.account_id and a.kind <> 'test' ${orders}
      where p.kind in ('charge', 'refund', 'cost', 'cost_refund')
        and ($1::integer is null
             or p.created_at > panel_now() - $1::integer * interval '1 day')
      group by 1
      order by 1
      limit ${linesMax}`,
  );
}

const byOrder = "join orders o on o.id = p.order_id";
const statements: Readonly<Record<ProfitSubject, Statement<ProfitRow>>> = {
  day: profitBy("day", "to_char(p.created_at at time zone 'UTC', 'YYYY-MM-DD')", ""),
  service: profitBy("service", "o.service_id::text", byOrder),
  provider: profitBy("provider", "o.provider_id::text", byOrder),
};

/**
 * Revenue and cost from the postings of the last `days` days, or of all time. It includes only
 * costs that providers have reported, and no orders of test accounts.
 */
export async function listProfit(
  db: Queryable,
  by: ProfitSubject,
  days: number | undefined,
): Promise<ProfitLine[]> {
  const rows = await statements[by].all(db, days);
  return rows.map((row) => ({
    subject: row.subject,
    orders: row.orders,
    revenue: amountFromDecimal(row.revenue),
    cost: amountFromDecimal(row.cost),
  }));
}

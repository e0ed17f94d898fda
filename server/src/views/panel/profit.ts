import { listServices } from "#catalog/catalog.sql.ts";
import type { Context } from "#database/context.ts";
import { listProfit } from "#orders/reports/profit.sql.ts";
import type { ProfitSubject } from "#orders/reports/profit.sql.ts";
import { listProviders } from "#providers/providers.sql.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { add, subtract, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { money } from "#views/spelling.ts";

/** What a line is about: exactly one of these. */
type ProfitKey = { readonly day?: string; readonly service?: number; readonly provider?: number };

/** Revenue, cost and profit from the postings: by day, service or provider, and in total. */
export async function viewProfit(
  ctx: Context,
  actor: Actor,
  query: { readonly by: ProfitSubject; readonly days?: number | undefined },
) {
  authorize(actor, "reports.profit");
  // Permission to see profit does not include who supplies what.
  if (query.by === "provider") authorize(actor, "orders.provider");
  const lines = await listProfit(ctx.db, query.by, query.days);
  const names = await namesOf(ctx, query.by);
  const { currency } = await readSettings(ctx.db);
  return {
    currency,
    lines: lines.map((line) => ({
      ...subjectOf(query.by, line.subject),
      ...(query.by !== "day" && { name: names.get(line.subject) }),
      ...sums(line),
    })),
    all: sums({
      orders: lines.reduce((sum, line) => sum + line.orders, 0),
      revenue: lines.reduce((sum, line) => add(sum, line.revenue), zero),
      cost: lines.reduce((sum, line) => add(sum, line.cost), zero),
    }),
  };
}

function subjectOf(by: ProfitSubject, subject: string): ProfitKey {
  return by === "day" ? { day: subject } : { [by]: Number(subject) };
}

function sums(line: { readonly orders: number; readonly revenue: Amount; readonly cost: Amount }) {
  return {
    orders: line.orders,
    revenue: money(line.revenue),
    cost: money(line.cost),
    profit: money(subtract(line.revenue, line.cost)),
  };
}

/** The names of the subjects; for a provider, its alias. */
async function namesOf(ctx: Context, by: ProfitSubject): Promise<ReadonlyMap<string, string>> {
  switch (by) {
    case "day":
      return new Map();
    case "service":
      return new Map((await listServices(ctx.db)).map(({ id, name }) => [String(id), name]));
    case "provider":
      return new Map((await listProviders(ctx.db)).map(({ id, alias }) => [String(id), alias]));
  }
}

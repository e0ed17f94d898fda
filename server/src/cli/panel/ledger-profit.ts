import { listServices } from "#catalog/catalog.sql.ts";
import type { Context } from "#database/context.ts";
import { listProfit } from "#orders/reports/profit.sql.ts";
import type { ProfitSubject } from "#orders/reports/profit.sql.ts";
import { listProviders } from "#providers/providers.sql.ts";
import { add, subtract, zero } from "#values/money.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { table } from "#cli/kit/output.ts";
import { countWithin, oneOf } from "#cli/kit/readers.ts";
import { currencyOf, money } from "#cli/kit/shared.ts";

const days = optional("--days <number>", "only the last days", countWithin(1, 36_500));
const by = optional(
  "--by <what>",
  "day (if left out), service or provider",
  oneOf(["day", "service", "provider"] as const),
);

export const ledgerProfit: CliCommand = {
  name: "ledger profit",
  summary: "Shows revenue, cost and profit from the postings.",
  details:
    "Revenue is charges less refunds; cost is what providers have charged less what they gave " +
    "back. What a provider has not told yet is not in it.",
  options: [days, by],
  run: async (panel, given) => {
    const open = await panel.open();
    const subject = given(by) ?? "day";
    const lines = await listProfit(open.ctx.db, subject, given(days));
    const names = await namesOf(open.ctx, subject);
    const all = {
      subject: "all",
      orders: lines.reduce((sum, line) => sum + line.orders, 0),
      revenue: lines.reduce((sum, line) => add(sum, line.revenue), zero),
      cost: lines.reduce((sum, line) => add(sum, line.cost), zero),
    };
    const currency = await currencyOf(open);
    const shown = [...lines, all].map((line) => ({
      [subject]: subject === "day" || line === all ? line.subject : Number(line.subject),
      name: names.get(line.subject),
      orders: line.orders,
      revenue: money(line.revenue),
      cost: money(line.cost),
      profit: money(subtract(line.revenue, line.cost)),
    }));
    const rows = shown.map((line) => [
      String(line[subject]),
      ...(subject === "day" ? [] : [line.name ?? ""]),
      line.orders,
      line.revenue,
      line.cost,
      line.profit,
    ]);
    const label = subject === "day" ? ["day (UTC)"] : [`${subject}>`, "name"];
    const headers = [...label, "orders>", "revenue>", "cost>", "profit>"];
    return answer(
      { currency, lines: shown.slice(0, -1), all: { ...shown.at(-1), [subject]: undefined } },
      `${table(headers, rows, "")}\n\nAmounts in ${currency}.`,
    );
  },
};

/** What people call the subjects: a provider by its alias. */
async function namesOf(ctx: Context, subject: ProfitSubject): Promise<ReadonlyMap<string, string>> {
  switch (subject) {
    case "day":
      return new Map();
    case "service":
      return new Map((await listServices(ctx.db)).map(({ id, name }) => [String(id), name]));
    case "provider":
      return new Map((await listProviders(ctx.db)).map(({ id, alias }) => [String(id), alias]));
  }
}

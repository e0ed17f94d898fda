import { viewProfit } from "#views/panel/profit.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { table } from "#cli/kit/output.ts";
import { countWithin, oneOf } from "#cli/kit/readers.ts";

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
    const { ctx, actor } = await panel.open();
    const subject = given(by) ?? "day";
    const profit = await viewProfit(ctx, actor, { by: subject, days: given(days) });
    const { currency, lines, all } = profit;
    const rows = [...lines, { ...all, [subject]: "all", name: undefined }].map((line) => [
      String(line[subject]),
      ...(subject === "day" ? [] : [line.name ?? ""]),
      line.orders,
      line.revenue,
      line.cost,
      line.profit,
    ]);
    const label = subject === "day" ? ["day (UTC)"] : [`${subject}>`, "name"];
    const headers = [...label, "orders>", "revenue>", "cost>", "profit>"];
    return answer(profit, `${table(headers, rows, "")}\n\nAmounts in ${currency}.`);
  },
};

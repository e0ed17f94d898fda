import { viewRates } from "#views/customers/rate-list.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { table } from "#cli/kit/output.ts";
import { customerEmail, customerOf } from "#cli/kit/shared.ts";

export const rateList: CliCommand = {
  name: "rate list",
  summary: "Lists a customer's own rates.",
  options: [customerEmail],
  positions: [customerEmail],
  run: async (panel, given) => {
    const open = await panel.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const rates = await viewRates(open.ctx, open.actor, found.value);
    const rows = rates.map((rate) => [
      rate.service,
      rate.name,
      rate.list_rate,
      rate.fixed ?? `${rate.percent} %`,
      rate.rate ?? "not sold",
    ]);
    return answer(
      rates,
      table(["service>", "name", "list>", "own>", "pays>"], rows, "No rates of their own."),
    );
  },
};

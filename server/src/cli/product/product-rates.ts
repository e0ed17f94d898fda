import { viewProductRates } from "#views/customers/product-rate-list.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { table } from "#cli/kit/output.ts";
import { customerEmail, customerOf } from "#cli/kit/shared.ts";

export const productRates: CliCommand = {
  name: "product rates",
  summary: "Lists a customer's own prices of products.",
  options: [customerEmail],
  positions: [customerEmail],
  run: async (panel, given) => {
    const open = await panel.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const rates = await viewProductRates(open.ctx, open.actor, found.value);
    const rows = rates.map((rate) => [
      rate.product,
      rate.name,
      rate.list_rate,
      rate.fixed ?? `${rate.percent} %`,
      rate.rate ?? "not sold",
    ]);
    return answer(
      rates,
      table(["product>", "name", "list>", "own>", "pays>"], rows, "No prices of their own."),
    );
  },
};

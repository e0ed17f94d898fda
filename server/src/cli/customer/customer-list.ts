import { listCustomers } from "#customers/customers.sql.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { count } from "#cli/kit/readers.ts";
import { currencyOf, customerJson, limitOption, money } from "#cli/kit/shared.ts";

const limit = limitOption(1000);
const after = optional("--after <id>", "only customers with a higher id", count);

export const customerList: CliCommand = {
  name: "customer list",
  summary: "Lists customers and their balances.",
  options: [limit, after],
  run: async (panel, given) => {
    const open = await panel.open();
    const customers = await listCustomers(open.ctx.db, given(limit), given(after) ?? 0);
    const currency = await currencyOf(open);
    const rows = customers.map((customer) => [
      customer.accountId,
      customer.email,
      `${money(customer.balance)} ${currency}`,
      money(customer.floor),
      customer.isActive ? "active" : "suspended",
      shownTime(customer.createdAt),
    ]);
    return answer(
      customers.map((customer) => customerJson(customer, currency)),
      table(["id>", "email", "balance>", "floor>", "status", "since"], rows, "No customers."),
    );
  },
};

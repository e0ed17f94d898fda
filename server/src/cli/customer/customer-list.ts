import { viewCustomers } from "#views/customers/customer-list.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { count, filledText, oneOf } from "#cli/kit/readers.ts";
import { limitOption } from "#cli/kit/shared.ts";

const status = optional(
  "--status <word>",
  "only those that are active or suspended",
  oneOf(["active", "suspended"] as const),
);
const search = optional(
  "--search <text>",
  "only with this anywhere in their address, or with this id",
  filledText,
);
const sort = optional(
  "--sort <word>",
  "oldest (if left out) or newest first, or by balance, the highest first",
  oneOf(["oldest", "newest", "balance"] as const),
);
const limit = limitOption(1000);
const after = optional("--after <id>", "only customers with a higher id", count);

export const customerList: CliCommand = {
  name: "customer list",
  summary: "Lists customers and their balances.",
  options: [status, search, sort, limit, after],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const page = await viewCustomers(ctx, actor, {
      status: given(status),
      search: given(search),
      sort: given(sort),
      afterId: given(after),
      limit: given(limit),
    });
    if (!page.ok) return refuse(page.refusal);
    const customers = page.value.rows;
    const rows = customers.map((customer) => [
      customer.customer,
      customer.email,
      `${customer.balance} ${customer.currency}`,
      customer.floor,
      customer.status,
      shownTime(customer.created),
    ]);
    return answer(
      customers,
      table(["id>", "email", "balance>", "floor>", "status", "since"], rows, "No customers."),
    );
  },
};

import type { CliCommand } from "#cli/command.ts";
import { addRule, ruleOptions } from "#cli/hold-words.ts";
import { required } from "#cli/option.ts";
import { amount, count } from "#cli/readers.ts";

const hours = required("--hours <number>", "how long after the first deposit", count);
const above = required("--above <amount>", "orders with a higher charge", amount);
const { decision, all } = ruleOptions("hold");

export const holdFirstDeposit: CliCommand = {
  name: "hold first-deposit",
  summary: "Holds large orders of customers whose first deposit is young.",
  details: "A customer who never made a deposit (a bonus, or credit by a floor) is not concerned.",
  options: [hours, above, ...all],
  run: (desk, given) =>
    addRule(desk, given, given(decision), {
      kind: "first_deposit",
      hours: given(hours),
      above: given(above),
    }),
};

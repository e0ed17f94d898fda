import type { CliCommand } from "#cli/kit/command.ts";
import { addRule, ruleOptions } from "./rule-output.ts";
import { required } from "#cli/kit/option.ts";
import { amount, count } from "#cli/kit/readers.ts";

const hours = required("--hours <number>", "how long after the first deposit", count);
const above = required("--above <amount>", "orders with a higher charge", amount);
const { decision, all } = ruleOptions("hold");

export const holdFirstDeposit: CliCommand = {
  name: "hold first-deposit",
  summary: "Holds large orders of customers whose first deposit is young.",
  details: "A customer who never made a deposit (a bonus, or credit by a floor) is not concerned.",
  options: [hours, above, ...all],
  run: (panel, given) =>
    addRule(panel, given, given(decision), {
      kind: "first_deposit",
      hours: given(hours),
      above: given(above),
    }),
};

import type { CliCommand } from "#cli/kit/command.ts";
import { addRule, ruleOptions } from "./rule-output.ts";
import { optional, UsageError } from "#cli/kit/option.ts";
import { count, positiveAmount } from "#cli/kit/readers.ts";

const orders = optional("--orders <number>", "as many as are usual within an hour", count);
const spend = optional("--spend <amount>", "as much as is usual within an hour", positiveAmount);
const { decision, all } = ruleOptions("hold");

export const holdVelocity: CliCommand = {
  name: "hold velocity",
  summary: "Holds orders of a customer who orders or spends too much in an hour.",
  options: [orders, spend, ...all],
  run: (panel, given) => {
    const condition = { orders: given(orders), spend: given(spend) };
    if (condition.orders === undefined && condition.spend === undefined) {
      throw new UsageError("give --orders, --spend, or both");
    }
    return addRule(panel, given, given(decision), { kind: "velocity", ...condition });
  },
};

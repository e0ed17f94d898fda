import type { CliCommand } from "#cli/command.ts";
import { addRule, ruleOptions } from "#cli/hold-words.ts";
import { optional, UsageError } from "#cli/option.ts";
import { count, positiveAmount } from "#cli/readers.ts";

const orders = optional("--orders <number>", "as many as are usual within an hour", count);
const spend = optional("--spend <amount>", "as much as is usual within an hour", positiveAmount);
const { decision, all } = ruleOptions("hold");

export const holdVelocity: CliCommand = {
  name: "hold velocity",
  summary: "Holds orders of a customer who orders or spends too much in an hour.",
  options: [orders, spend, ...all],
  run: (desk, given) => {
    const condition = { orders: given(orders), spend: given(spend) };
    if (condition.orders === undefined && condition.spend === undefined) {
      throw new UsageError("give --orders, --spend, or both");
    }
    return addRule(desk, given, given(decision), { kind: "velocity", ...condition });
  },
};

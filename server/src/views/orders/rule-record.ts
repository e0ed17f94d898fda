import type { HoldRule } from "#orders/hold-rules/rule.ts";
import { money, moneyOrNull } from "#views/spelling.ts";

/** What a rule looks at and what it decides. The list adds its number and age. */
export function ruleRecord(
  rule: Pick<HoldRule, "decision" | "serviceId" | "reason" | "expiresAt" | "condition">,
) {
  const { condition } = rule;
  const amounts =
    condition.kind === "first_deposit"
      ? { above: money(condition.above) }
      : condition.kind === "velocity"
        ? { orders: condition.orders ?? null, spend: moneyOrNull(condition.spend) }
        : {};
  return {
    ...condition,
    ...amounts,
    decision: rule.decision,
    service: rule.serviceId ?? null,
    reason: rule.reason,
    expires: rule.expiresAt ?? null,
  };
}

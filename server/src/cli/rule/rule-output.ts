import { money } from "#views/spelling.ts";
import { addHoldRule } from "#orders/hold-rules/change-hold-rules.ts";
import { holdDecisions } from "#orders/hold-rules/rule.ts";
import type { HoldCondition, HoldDecision } from "#orders/hold-rules/rule.ts";
import type { ServiceId } from "#values/ids.ts";
import type { Result } from "#values/result.ts";
import { ruleRecord } from "#views/orders/rule-record.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { Answer, CommandContext, Given, SaidRefusal } from "#cli/kit/command.ts";
import { optional, required } from "#cli/kit/option.ts";
import type { Option } from "#cli/kit/option.ts";
import { filledText, id, moment, oneOf } from "#cli/kit/readers.ts";

// What the commands that add a rule share.

const reason = required("--reason <text>", "why; for staff, never shown to customers", filledText);
const service = optional("--service <id>", "only orders of this service", id<ServiceId>);
const expires = optional("--expires <moment>", "when it ends, such as 2027-01-31", moment);

/** Whether the rule refuses or holds; `fallback` if not given. */
function decisionOption(fallback: HoldDecision): Option<HoldDecision> {
  const { take, ...option } = optional(
    "--decision <decision>",
    `refuse, or hold for a review (${fallback} if left out)`,
    oneOf(holdDecisions),
  );
  return { ...option, take: (typed) => take(typed) ?? fallback };
}

/** The options that every rule has. */
export function ruleOptions(fallback: HoldDecision) {
  const decision = decisionOption(fallback);
  return { decision, all: [service, decision, reason, expires] } as const;
}

/** Adds the rule and describes it. */
export async function addRule(
  panel: CommandContext,
  given: Given,
  decision: HoldDecision,
  condition: HoldCondition,
): Promise<Result<Answer, SaidRefusal>> {
  const { ctx, actor } = await panel.open();
  const rule = {
    decision,
    serviceId: given(service),
    reason: given(reason),
    expiresAt: given(expires),
    condition,
  };
  const added = await addHoldRule(ctx, actor, rule);
  if (!added.ok) return refuse(added.refusal);
  const { id: ruleId, ...stored } = added.value;
  const whole = { ...rule, condition: stored };
  return answer(
    { id: ruleId, ...ruleRecord(whole) },
    `Rule ${ruleId}: ${decision} ${conditionText(stored)}. In force in a second or two.`,
  );
}

/** What a rule looks at, in words. */
export function conditionText(condition: HoldCondition): string {
  switch (condition.kind) {
    case "deny_link":
      return `links with the ${condition.match} ${condition.pattern}`;
    case "allow_host":
      return `links that are not at ${condition.hosts.join(", ")}`;
    case "same_link":
      return `a second order for a link, for ${condition.minutes} minutes or until the first is over`;
    case "first_deposit":
      return (
        `orders above ${money(condition.above)} until ${condition.hours} hours after the ` +
        "customer's first deposit"
      );
    case "velocity": {
      const { orders, spend } = condition;
      const parts = [
        ...(orders === undefined ? [] : [`more than ${orders} orders`]),
        ...(spend === undefined ? [] : [`more than ${money(spend)} spent`]),
      ];
      return `${parts.join(" or ")} by a customer in an hour`;
    }
  }
}

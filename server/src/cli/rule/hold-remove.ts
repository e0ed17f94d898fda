import { removeHoldRule } from "#orders/hold-rules/change-hold-rules.ts";
import type { HoldRuleId } from "#values/ids.ts";
import { ruleRecord } from "#views/orders/rule-record.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { conditionText } from "./rule-output.ts";
import { required } from "#cli/kit/option.ts";
import { id } from "#cli/kit/readers.ts";

const rule = required(
  "--id <rule>",
  "the rule's number, as panel hold list shows it",
  id<HoldRuleId>,
);

export const holdRemove: CliCommand = {
  name: "hold remove",
  summary: "Takes a rule away. Orders that it holds stay held.",
  options: [rule],
  positions: [rule],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const removed = await removeHoldRule(ctx, actor, given(rule));
    if (!removed.ok) return refuse(removed.refusal);
    return answer(
      { id: given(rule), ...ruleRecord(removed.value) },
      `Rule ${given(rule)} is gone: ${conditionText(removed.value.condition)}.`,
    );
  },
};

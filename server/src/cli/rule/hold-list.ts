import { viewRules } from "#views/orders/rule-list.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { conditionText } from "./rule-output.ts";
import { flag } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { without } from "#cli/kit/without.ts";

const all = flag("--all", "expired ones too");

export const holdList: CliCommand = {
  name: "hold list",
  summary: "Lists the rules that refuse or hold new orders.",
  options: [all],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const rules = await viewRules(ctx, actor, { withExpired: given(all) });
    const rows = rules.map((rule) => [
      rule.id,
      rule.decision,
      conditionText(rule.condition),
      rule.service ?? "all",
      rule.reason,
      shownTime(rule.expires),
    ]);
    return answer(
      rules.map((rule) => without(rule, "condition")),
      table(["id>", "decision", "what", "service", "reason", "expires (UTC)"], rows, "No rules."),
    );
  },
};

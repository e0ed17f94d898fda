import { listHoldRules } from "#orders/hold-rules/hold-rules.sql.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { conditionText, ruleJson } from "./rule-output.ts";
import { flag } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";

const all = flag("--all", "expired ones too");

export const holdList: CliCommand = {
  name: "hold list",
  summary: "Lists the rules that refuse or hold new orders.",
  options: [all],
  run: async (panel, given) => {
    const { ctx } = await panel.open();
    const rules = await listHoldRules(ctx.db, given(all));
    const rows = rules.map((rule) => [
      rule.id,
      rule.decision,
      conditionText(rule.condition),
      rule.serviceId ?? "all",
      rule.reason,
      shownTime(rule.expiresAt),
    ]);
    return answer(
      rules.map((rule) => ({ id: rule.id, ...ruleJson(rule), created: rule.createdAt })),
      table(["id>", "decision", "what", "service", "reason", "expires (UTC)"], rows, "No rules."),
    );
  },
};

import { listHoldRules } from "#orders/hold-rules/hold-rules.sql.ts";
import { answer } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";
import { conditionText, ruleJson } from "#cli/hold-words.ts";
import { flag } from "#cli/option.ts";
import { shownTime, table } from "#cli/output.ts";

const all = flag("--all", "expired ones too");

export const holdList: CliCommand = {
  name: "hold list",
  summary: "Lists the rules that refuse or hold new orders.",
  options: [all],
  run: async (desk, given) => {
    const { ctx } = await desk.open();
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

import { listAuditEntries } from "#audit/audit.sql.ts";
import { answer } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";
import { optional } from "#cli/option.ts";
import { shownTime, table } from "#cli/output.ts";
import { filledText } from "#cli/readers.ts";
import { limitOption } from "#cli/shared.ts";

const subject = optional("--subject <subject>", "only of this thing, such as order:7", filledText);
const limit = limitOption(100);

export const auditList: CliCommand = {
  name: "audit list",
  summary: "Lists who changed what, newest first.",
  options: [subject, limit],
  positions: [subject],
  run: async (desk, given) => {
    const { ctx } = await desk.open();
    const entries = await listAuditEntries(ctx.db, given(limit), given(subject)?.trim());
    const rows = entries.map((entry) => [
      entry.id,
      shownTime(entry.at),
      entry.actor,
      entry.action,
      entry.subject,
      entry.after === null ? undefined : JSON.stringify(entry.after),
    ]);
    const headers = ["id>", "time (UTC)", "actor", "action", "subject", "after"];
    return answer(entries, table(headers, rows, "Nothing was changed yet."));
  },
};

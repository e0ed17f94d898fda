import { listAuditEntries } from "#audit/audit.sql.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { filledText } from "#cli/kit/readers.ts";
import { limitOption } from "#cli/kit/shared.ts";

const subject = optional("--subject <subject>", "only of this thing, such as order:7", filledText);
const actor = optional("--actor <name>", "only by this one, such as cli:anna", filledText);
const limit = limitOption(100);

export const auditList: CliCommand = {
  name: "audit list",
  summary: "Lists who changed what, newest first.",
  options: [subject, actor, limit],
  positions: [subject],
  run: async (panel, given) => {
    const { ctx } = await panel.open();
    const filter = { subject: given(subject)?.trim(), actor: given(actor)?.trim() };
    const entries = await listAuditEntries(ctx.db, given(limit), filter);
    const rows = entries.map((entry) => [
      entry.id,
      shownTime(entry.at),
      entry.actor,
      entry.address ?? undefined,
      entry.request_id ?? undefined,
      entry.action,
      entry.subject,
      entry.reason ?? undefined,
      entry.after === null ? undefined : JSON.stringify(entry.after),
    ]);
    const headers = [
      "id>",
      "time (UTC)",
      "actor",
      "address",
      "request",
      "action",
      "subject",
      "reason",
      "after",
    ];
    return answer(entries, table(headers, rows, "Nothing was changed yet."));
  },
};

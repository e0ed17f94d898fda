import { viewAudit } from "#views/panel/audit-list.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { filledText, moment } from "#cli/kit/readers.ts";
import { limitOption } from "#cli/kit/shared.ts";

const subject = optional("--subject <subject>", "only of this thing, such as order:7", filledText);
const actor = optional("--actor <name>", "only by this one, such as cli:anna", filledText);
const action = optional(
  "--action <word>",
  "only this, such as order.set; all of a kind with order. alone",
  filledText,
);
const since = optional("--since <moment>", "only from then on", moment);
const until = optional("--until <moment>", "only before then", moment);
const limit = limitOption(100);

export const auditList: CliCommand = {
  name: "audit list",
  summary: "Lists who changed what, newest first.",
  options: [subject, actor, action, since, until, limit],
  positions: [subject],
  run: async (panel, given) => {
    const open = await panel.open();
    const page = await viewAudit(open.ctx, open.actor, {
      subject: given(subject)?.trim(),
      actor: given(actor)?.trim(),
      action: given(action)?.trim(),
      from: given(since),
      until: given(until),
      limit: given(limit),
    });
    if (!page.ok) return refuse(page.refusal);
    const entries = page.value.rows;
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
    return answer(entries, table(headers, rows, "No changes."));
  },
};

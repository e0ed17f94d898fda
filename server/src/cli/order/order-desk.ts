import { deskReasons } from "#orders/desk.sql.ts";
import type { DeskReason } from "#orders/desk.sql.ts";
import { viewDesk } from "#views/orders/order-desk.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime } from "#cli/kit/output.ts";
import { oneOf } from "#cli/kit/readers.ts";
import { limitOption } from "#cli/kit/shared.ts";
import { inOneLine } from "#values/text.ts";

const reason = optional("--reason <word>", deskReasons.join(", "), oneOf(deskReasons));
const limit = limitOption(100);

/** What each reason means, and what ends it. */
const meanings: Readonly<Record<DeskReason, string>> = {
  unknown: "nobody knows whether the provider took it: look there, then panel order settle",
  failed: "refused by every provider: panel order resend, or panel order set --status canceled",
  completed_short: "Completed at the provider with something left: panel order set",
  went_back: "the provider's status went backwards: panel order set, or wait",
  forgotten: "the provider no longer knows it: ask there, then panel order set",
  partial_unclear: "Partial at the provider with impossible remains: panel order set",
  status_unknown:
    "the provider says a status that nobody knows: say what it means by panel provider set … --set status_words=…, or wait",
  link_waits: "the provider has an active order for this link: panel order resend, or cancel it",
  accepted_late: "the provider took it after it had ended here: stop it there",
  unreadable:
    "the provider's answers about it cannot be read: panel provider log, panel provider set, or wait",
  cost_unclear: "what the provider charged was not booked: look there, then panel order set --note",
  post_unclear:
    "a subscription's order of unknown quantity: ask there, then panel subscription post",
};

export const orderDesk: CliCommand = {
  name: "order desk",
  summary: "Shows what waits for a decision of staff, oldest first.",
  options: [reason, limit],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const { counts, entries } = await viewDesk(ctx, actor, {
      reason: given(reason),
      limit: given(limit),
    });
    if (counts.length === 0) return answer({ counts: {}, entries: [] }, "Nothing waits.");
    return answer(
      {
        counts: Object.fromEntries(counts.map((each) => [each.reason, each.entries])),
        entries,
      },
      [
        counts.map((each) => `${each.entries} ${each.reason}: ${meanings[each.reason]}`).join("\n"),
        ...entries.map(
          (row) =>
            `Order ${row.order}, ${row.reason}, at ${row.provider ?? "-"}, ` +
            `since ${shownTime(row.since)}\n  ${inOneLine(row.facts ?? "")}`,
        ),
      ].join("\n\n"),
    );
  },
};

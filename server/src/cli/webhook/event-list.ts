import { viewEvents } from "#views/customers/event-list.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { count } from "#cli/kit/readers.ts";
import { customerEmail, customerOf, limitOption } from "#cli/kit/shared.ts";

const after = optional("--after <number>", "only those after this one; else the last", count);
const limit = limitOption(20);

export const eventList: CliCommand = {
  name: "event list",
  summary: "Lists what a customer was told of over webhooks and action=changes, by number.",
  details:
    "Nothing is recorded for customers without a webhook who do not ask for changes. Events are\n" +
    "kept as long as the setting event_days says.",
  options: [customerEmail, after, limit],
  positions: [customerEmail],
  run: async (panel, given) => {
    const open = await panel.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const { events, isFollowed } = await viewEvents(open.ctx, open.actor, {
      customerId: found.value.accountId,
      after: given(after),
      limit: given(limit),
    });
    const rows = events.map(({ number, event, at, data }) => [
      number,
      shownTime(at),
      event,
      JSON.stringify(data),
    ]);
    const whenEmpty = isFollowed ? "No events." : "Nobody follows this customer.";
    return answer(events, table(["Number>", "At", "Event", "Data"], rows, whenEmpty));
  },
};

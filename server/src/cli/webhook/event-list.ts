import { findStream, listEvents } from "#events/streams.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { showAccountEvent } from "#webhooks/show-event.ts";
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
    const { accountId } = found.value;
    const { currency, event_days: days } = await readSettings(open.ctx.db);
    const stream = await findStream(open.ctx.db, accountId, days);
    const start = given(after) ?? Math.max(0, (stream?.lastSeq ?? 0) - given(limit));
    const events = await listEvents(open.ctx.db, accountId, start, given(limit));
    const json = events.map((event) => {
      const { event: name, at, data } = showAccountEvent(event, currency);
      return { number: event.seq, event: name, at, data };
    });
    const rows = json.map(({ number, event, at, data }) => [
      number,
      shownTime(at),
      event,
      JSON.stringify(data),
    ]);
    const whenEmpty = stream === undefined ? "Nobody follows this customer." : "No events.";
    return answer(json, table(["Number>", "At", "Event", "Data"], rows, whenEmpty));
  },
};

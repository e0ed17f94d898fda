import type { Context } from "#database/context.ts";
import { findStream, listEvents } from "#events/streams.sql.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { AccountId } from "#values/ids.ts";
import { showAccountEvent } from "#webhooks/show-event.ts";

/**
 * The events that a customer was sent, by number: those after `after`, or the last ones if left
 * out.
 */
export async function viewEvents(
  ctx: Context,
  actor: Actor,
  query: {
    readonly customerId: AccountId;
    readonly after?: number | undefined;
    readonly limit: number;
  },
) {
  authorize(actor, "webhooks.read");
  const { customerId, after, limit } = query;
  const { currency, event_days: days } = await readSettings(ctx.db);
  const stream = await findStream(ctx.db, customerId, days);
  const start = after ?? Math.max(0, (stream?.lastSeq ?? 0) - limit);
  const events = await listEvents(ctx.db, customerId, start, limit);
  return {
    isFollowed: stream !== undefined,
    events: events.map((each) => {
      const { event, at, data } = showAccountEvent(each, currency);
      return { number: each.seq, event, at, data };
    }),
  };
}

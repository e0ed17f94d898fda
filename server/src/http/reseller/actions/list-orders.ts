import { findNow } from "#database/clock.sql.ts";
import { hasControlCharacters } from "#values/text.ts";
import { parseEpochSeconds, parseMoment } from "#values/moment.ts";
import { parseQuantity } from "#values/quantity.ts";
import { amountFromDecimal } from "#values/money.ts";
import { listRecentOrders } from "#orders/lookup/lookup.sql.ts";
import type { OrderListRow } from "#orders/lookup/lookup.sql.ts";
import { json, refusedWith } from "#http/reseller/answer.ts";
import type { Answer } from "#http/reseller/answer.ts";
import type { Call } from "#http/reseller/call.ts";
import type { Command } from "#http/reseller/request/command.ts";

const limitDefault = 100;
const limitMax = 1000;
/** How far a caller's clock may be ahead. */
const clockSkewMs = 5 * 60_000;
/** Stands for every moment that is too far away for a `Date`. */
const endOfTime = new Date(8.64e15);

/**
 * `orders` (an addition to the documents): the caller's newest orders, to find one whose answer was
 * lost. `since` is a time, ISO 8601 or seconds since 1970; `request_id` finds one order.
 */
export async function listOrders(
  call: Call,
  command: Extract<Command, { kind: "list_orders" }>,
): Promise<Answer> {
  const limit = command.limit === undefined ? limitDefault : parseQuantity(command.limit.trim());
  if (limit === undefined || limit < 1 || limit > limitMax) {
    const expected = `a number from 1 to ${limitMax}`;
    return refusedWith({ code: "filter_invalid", field: "limit", expected });
  }
  const since = command.since === undefined ? undefined : readTime(command.since.trim());
  if (since === "unreadable") {
    const expected = "ISO 8601 or seconds since 1970";
    return refusedWith({ code: "filter_invalid", field: "since", expected });
  }
  if (since !== undefined && (await isToCome(call.context.ctx, since))) {
    const expected = "a moment that has been, in ISO 8601 or seconds (not milliseconds) since 1970";
    return refusedWith({ code: "filter_invalid", field: "since", expected });
  }
  if (command.requestId !== undefined && hasControlCharacters(command.requestId)) return json([]);
  const { context, key, dialect } = call;
  const rows = await listRecentOrders(context.ctx.db, key.accountId, {
    ...(command.requestId === undefined ? {} : { requestId: command.requestId }),
    ...(since === undefined ? {} : { since }),
    limit,
  });
  const { currency } = context.settings();
  return json(
    rows.map((row) => ({
      order: row.id,
      service: row.service_id,
      link: row.link,
      quantity: String(row.quantity),
      ...dialect.order(shownOf(row), currency),
      request_id: row.request_id,
      date: row.created_at.toISOString(),
    })),
  );
}

function shownOf(row: OrderListRow): Parameters<Call["dialect"]["order"]>[0] {
  return { ...row, charge: amountFromDecimal(row.charge), startCount: row.start_count };
}

function readTime(text: string): Date | "unreadable" {
  if (/^[0-9]+$/.test(text)) return parseEpochSeconds(text) ?? endOfTime;
  return parseMoment(text) ?? "unreadable";
}

/**
 * True where `since` is still to come: nothing can have been ordered after it, and an empty list
 * would read as "not placed", so that the client buys again. Only the database's clock says when
 * orders were placed; it is asked where this machine's clock leaves doubt.
 */
async function isToCome(ctx: Call["context"]["ctx"], since: Date): Promise<boolean> {
  const isAfter = (now: number) => since.getTime() > now + clockSkewMs;
  return isAfter(ctx.clock.now()) && isAfter((await findNow(ctx.db)).getTime());
}

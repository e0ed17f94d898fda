import { parseQuantity } from "#values/quantity.ts";
import { readChanges } from "#webhooks/read-changes.ts";
import { tellerOf } from "#webhooks/teller.ts";
import { json, refusedWith } from "#http/reseller/answer.ts";
import type { Answer } from "#http/reseller/answer.ts";
import type { Call } from "#http/reseller/call.ts";
import type { Command } from "#http/reseller/request/command.ts";

const limitDefault = 100;
const limitMax = 1000;

/**
 * `changes` (an addition to the documents): what happened after a cursor, in order and without
 * gaps. Without `since` it begins now. It is the same in every dialect: no older panel has it.
 */
export async function changes(
  { context, key }: Call,
  command: Extract<Command, { kind: "changes" }>,
): Promise<Answer> {
  const limit = command.limit === undefined ? limitDefault : parseQuantity(command.limit.trim());
  if (limit === undefined || limit < 1 || limit > limitMax) {
    const expected = `a number from 1 to ${limitMax}`;
    return refusedWith({ code: "filter_invalid", field: "limit", expected });
  }
  const { currency, event_days: days } = context.settings();
  const teller = tellerOf(context.catalog, key.accountId, currency);
  const read = await readChanges(context.ctx, teller, { since: command.since, limit, days });
  if (!read.ok) {
    if (read.refusal.code === "cursor_too_old") return refusedWith(read.refusal);
    const expected = "the cursor of an earlier answer";
    return refusedWith({ code: "filter_invalid", field: "since", expected });
  }
  const { cursor, hasMore, isTest } = read.value;
  return json({
    changes: read.value.changes.map((change) => ({
      cursor: change.cursor,
      event: change.event,
      at: change.at.toISOString(),
      data: change.data,
      ...(isTest ? { test: true } : {}),
    })),
    cursor,
    has_more: hasMore,
  });
}

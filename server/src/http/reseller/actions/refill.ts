import { parseId } from "#values/ids.ts";
import type { OrderId, RefillId } from "#values/ids.ts";
import { parseQuantity } from "#values/quantity.ts";
import { listRefillsOf } from "#orders/requests.sql.ts";
import type { RefillRow, RefillStatus } from "#orders/requests.sql.ts";
import { requestRefill } from "#orders/requests/request-refill.ts";
import { requestRefills } from "#orders/requests/request-refills.ts";
import { json, refusedWith } from "#http/reseller/answer.ts";
import type { Answer } from "#http/reseller/answer.ts";
import { actorOf, repeatable } from "#http/reseller/call.ts";
import { idsMax } from "#http/reseller/request/bounds.ts";
import type { Call } from "#http/reseller/call.ts";
import type { Command } from "#http/reseller/request/command.ts";
import { reasonText } from "#http/reseller/refusals/reason-texts.ts";
import type { ResellerRefusal } from "#http/reseller/refusals/refusal.ts";
import { knownIds, listAnswer, wireId } from "./list-answer.ts";

const wireRefillStatus: Readonly<Record<RefillStatus, string>> = {
  pending: "Pending",
  in_progress: "In progress",
  completed: "Completed",
  rejected: "Rejected",
  error: "Error",
};

/**
 * `refill` of one order: returns the new request's id as text, as all documents show it.
 * `currentCount` (an addition to the documents) is how many there are now.
 */
export async function refillOne(
  { context, key }: Call,
  { order, currentCount: countText, requestId }: Extract<Command, { kind: "refill" }>,
): Promise<Answer> {
  const currentCount = countText === undefined ? undefined : parseQuantity(countText.trim());
  if (countText !== undefined && currentCount === undefined) {
    const expected = "a whole number of 0 or more";
    return refusedWith({ code: "field_invalid", field: "currentCount", expected });
  }
  const request = repeatable(key, "refill", requestId, [[order.trim()], currentCount]);
  if (!request.ok) return refusedWith(request.refusal);
  const id = parseId<OrderId>(order.trim());
  if (id === undefined) return refusedWith({ code: "order_unknown" });
  const asking = { currentCount, request: request.value };
  const asked = await requestRefill(context.ctx, actorOf(key), id, asking);
  return asked.ok ? json({ refill: String(asked.value) }) : refusedWith(asked.refusal);
}

/** `refill` of several orders: in their order, ids as numbers, refusals in place of ids. */
export async function refillMany(
  call: Call,
  { orders, requestId }: Extract<Command, { kind: "refills" }>,
): Promise<Answer> {
  const { context, key, isGone } = call;
  const request = repeatable(key, "refill", requestId, [orders, undefined]);
  if (!request.ok) return refusedWith(request.refusal);
  const asked = orders.slice(0, idsMax);
  const terms = { request: request.value, isGone };
  const done = await requestRefills(context.ctx, actorOf(key), knownIds<OrderId>(asked), terms);
  if (!done.ok) return refusedWith(done.refusal);
  const rows = listAnswer(call, orders, done.value);
  return json(rows.map(({ order, answer }) => ({ order, refill: answer })));
}

/** `refill_status` of one request; the reason for a rejection is an addition to the documents. */
export async function refillState(call: Call, idText: string): Promise<Answer> {
  const [row] = await rowsOf(call, [idText.trim()]);
  if (row === undefined) return refusedWith({ code: "refill_unknown" });
  const reason = reasonText(row.status, row.reason);
  return json({ status: wireRefillStatus[row.status], ...(reason && { reason }) });
}

/** `refill_status` of several requests, in their order. */
export async function refillStates(call: Call, idTexts: readonly string[]): Promise<Answer> {
  const found = await rowsOf(call, idTexts.slice(0, idsMax));
  const rows = idTexts.map((text, index) => {
    const refusal: ResellerRefusal =
      index < idsMax ? { code: "refill_unknown" } : { code: "too_many_ids", max: idsMax };
    const row = found[index];
    const status = row ? wireRefillStatus[row.status] : { error: call.dialect.refusal(refusal) };
    return { refill: wireId(text), status };
  });
  return json(rows);
}

async function rowsOf(
  { context, key }: Call,
  idTexts: readonly string[],
): Promise<(RefillRow | undefined)[]> {
  const ids = idTexts.map((text) => parseId<RefillId>(text));
  const known = ids.filter((id) => id !== undefined);
  const rows = known.length === 0 ? [] : await listRefillsOf(context.ctx.db, key.accountId, known);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => (id === undefined ? undefined : byId.get(id)));
}

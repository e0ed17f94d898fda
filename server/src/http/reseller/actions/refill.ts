import { parseId } from "#values/ids.ts";
import type { OrderId, RefillId } from "#values/ids.ts";
import { parseQuantity } from "#values/quantity.ts";
import { listRefillsOf } from "#orders/requests.sql.ts";
import type { RefillRow, RefillStatus } from "#orders/requests.sql.ts";
import { requestRefill } from "#orders/request-refill.ts";
import { json, refusedWith } from "#http/reseller/answer.ts";
import type { Answer } from "#http/reseller/answer.ts";
import { byOf, idsMax } from "#http/reseller/call.ts";
import type { Call } from "#http/reseller/call.ts";
import { reasonText } from "#http/reseller/reason-texts.ts";
import type { ResellerRefusal } from "#http/reseller/refusal.ts";

const wireRefillStatus: Readonly<Record<RefillStatus, string>> = {
  pending: "Pending",
  in_progress: "In progress",
  completed: "Completed",
  rejected: "Rejected",
  error: "Error",
};

/**
 * `refill` of one order: the new request's id as text, as all documents show it. `currentCount` (an
 * addition to the documents) is how many there are now.
 */
export async function refillOne(
  call: Call,
  idText: string,
  countText: string | undefined,
): Promise<Answer> {
  const currentCount = countText === undefined ? undefined : parseQuantity(countText.trim());
  if (countText !== undefined && currentCount === undefined) {
    const expected = "a whole number of 0 or more";
    return refusedWith({ code: "field_invalid", field: "currentCount", expected });
  }
  const outcome = await ask(call, idText, currentCount);
  return typeof outcome === "number" ? json({ refill: String(outcome) }) : refusedWith(outcome);
}

/** `refill` of several orders: in their order, ids as numbers, refusals in place of ids. */
export async function refillMany(call: Call, idTexts: readonly string[]): Promise<Answer> {
  const rows: unknown[] = [];
  for (const [index, text] of idTexts.entries()) {
    const outcome =
      index < idsMax ? await ask(call, text) : ({ code: "too_many_ids", max: idsMax } as const);
    const refill = typeof outcome === "number" ? outcome : { error: call.dialect.refusal(outcome) };
    rows.push({ order: wireId(text), refill });
  }
  return json(rows);
}

async function ask(
  { desk, key }: Call,
  idText: string,
  currentCount?: number,
): Promise<RefillId | ResellerRefusal> {
  const orderId = parseId<OrderId>(idText.trim());
  if (orderId === undefined) return { code: "order_unknown" };
  const asked = await requestRefill(desk.ctx, key.accountId, orderId, {
    by: byOf(key),
    currentCount,
  });
  return asked.ok ? asked.value : asked.refusal;
}

/** `refill_status` of one request; why it was rejected is an addition to the documents. */
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
  { desk, key }: Call,
  idTexts: readonly string[],
): Promise<(RefillRow | undefined)[]> {
  const ids = idTexts.map((text) => parseId<RefillId>(text));
  const known = ids.filter((id) => id !== undefined);
  const rows = known.length === 0 ? [] : await listRefillsOf(desk.ctx.db, key.accountId, known);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => (id === undefined ? undefined : byId.get(id)));
}

/** An id as the batch answers give it back: a number where it is one, else what was sent. */
export function wireId(text: string): number | string {
  return parseId(text.trim()) ?? text;
}

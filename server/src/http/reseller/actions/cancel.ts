import { parseId } from "#values/ids.ts";
import type { OrderId } from "#values/ids.ts";
import { requestCancel } from "#orders/request-cancel.ts";
import { json } from "#http/reseller/answer.ts";
import type { Answer } from "#http/reseller/answer.ts";
import { idsMax } from "#http/reseller/call.ts";
import type { Call } from "#http/reseller/call.ts";
import type { ResellerRefusal } from "#http/reseller/refusal.ts";
import { wireId } from "./refill.ts";

/**
 * `cancel`: an array in the order of the request, also for a single order. `1` says that the request
 * was taken, not that anything was refunded.
 */
export async function cancelMany(call: Call, idTexts: readonly string[]): Promise<Answer> {
  const rows: unknown[] = [];
  for (const [index, text] of idTexts.entries()) {
    const refusal = index < idsMax ? await ask(call, text) : tooMany;
    const cancel = refusal === undefined ? 1 : { error: call.dialect.refusal(refusal) };
    rows.push({ order: wireId(text), cancel });
  }
  return json(rows);
}

const tooMany: ResellerRefusal = { code: "too_many_ids", max: idsMax };

async function ask({ desk, key }: Call, idText: string): Promise<ResellerRefusal | undefined> {
  const orderId = parseId<OrderId>(idText.trim());
  if (orderId === undefined) return { code: "order_unknown" };
  const asked = await requestCancel(desk.ctx, key.accountId, orderId);
  return asked.ok ? undefined : asked.refusal;
}

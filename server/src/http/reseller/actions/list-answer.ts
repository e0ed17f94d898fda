import { parseId } from "#values/ids.ts";
import type { OrderId } from "#values/ids.ts";
import type { Result } from "#values/result.ts";
import { idsMax } from "#http/reseller/request/bounds.ts";
import type { Call } from "#http/reseller/call.ts";
import type { ResellerRefusal } from "#http/reseller/refusals/refusal.ts";

/** An id as batch answers return it: a number where it is one, otherwise the text that was sent. */
export function wireId(text: string): number | string {
  return parseId(text.trim()) ?? text;
}

/** Returns those of the texts that can be ids. */
export function knownIds<Id extends number>(texts: readonly string[]): Id[] {
  return texts.map((text) => parseId<Id>(text.trim())).filter((id) => id !== undefined);
}

/**
 * What was decided for each order, in the order of the request; refusals stand in place of values.
 */
export function listAnswer<Value>(
  { dialect }: Call,
  texts: readonly string[],
  verdicts: ReadonlyMap<OrderId, Result<Value, ResellerRefusal>>,
): { readonly order: number | string; readonly answer: Value | { readonly error: string } }[] {
  return texts.map((text, index) => {
    const id = index < idsMax ? parseId<OrderId>(text.trim()) : undefined;
    const verdict = id === undefined ? undefined : verdicts.get(id);
    const order = wireId(text);
    if (verdict?.ok === true) return { order, answer: verdict.value };
    const isOver = index >= idsMax;
    const none: ResellerRefusal = isOver
      ? { code: "too_many_ids", max: idsMax }
      : { code: "order_unknown" };
    return { order, answer: { error: dialect.refusal(verdict?.refusal ?? none) } };
  });
}

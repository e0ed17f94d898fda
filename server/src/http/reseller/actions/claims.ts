import { listClaimsOf } from "#product-orders/claims.sql.ts";
import type { ProductClaim } from "#product-orders/claims.sql.ts";
import { claimItems } from "#product-orders/claims/claim-items.ts";
import { parseId } from "#values/ids.ts";
import type { ProductClaimId, ProductOrderId } from "#values/ids.ts";
import { parseQuantity } from "#values/quantity.ts";
import { json, refusedWith } from "#http/reseller/answer.ts";
import type { Answer } from "#http/reseller/answer.ts";
import { actorOf, repeatable } from "#http/reseller/call.ts";
import { idsMax } from "#http/reseller/request/bounds.ts";
import type { Call } from "#http/reseller/call.ts";
import type { ClaimInput } from "#http/reseller/request/command.ts";
import type { ResellerRefusal } from "#http/reseller/refusals/refusal.ts";

const wireClaimStatus: Readonly<Record<ProductClaim["status"], string>> = {
  open: "Open",
  replaced: "Replaced",
  refunded: "Refunded",
  rejected: "Rejected",
};

/** `claim_product_order`, an addition to the documents: returns the number of the claim. */
export async function claimProductOrder(
  { context, key }: Call,
  { order, reason, items = [], quantity: quantityText, requestId }: ClaimInput,
): Promise<Answer> {
  const orderId = parseId<ProductOrderId>(order.trim());
  if (orderId === undefined) return refusedWith({ code: "order_unknown" });
  if (reason === undefined || reason.trim() === "") {
    return refusedWith({ code: "field_required", field: "reason" });
  }
  const quantity = quantityText === undefined ? undefined : parseQuantity(quantityText.trim());
  if (quantityText !== undefined && quantity === undefined) {
    return refusedWith({ code: "quantity_invalid", field: "quantity" });
  }
  const whole = [orderId, reason.trim(), items, quantity];
  const request = repeatable(key, "claim_product_order", requestId, whole);
  if (!request.ok) return refusedWith(request.refusal);
  const asked = {
    request: request.value,
    reason,
    // A text that is not a number is not a line either.
    places: items.slice(0, idsMax * 10).map((item) => parseQuantity(item) ?? 0),
    quantity,
    countedBy: "result",
    isGoodwill: false,
  } as const;
  const opened = await claimItems(context.ctx, actorOf(key), key.accountId, orderId, asked);
  if (opened.ok) return json({ claim: opened.value });
  const { refusal } = opened;
  return refusedWith(
    refusal.code === "product_order_unknown" ? { code: "order_unknown" } : refusal,
  );
}

/** `product_claim_status` of one claim. */
export async function claimState(call: Call, idText: string): Promise<Answer> {
  const text = idText.trim();
  const claim = (await claimsOf(call, [text])).get(text);
  return claim === undefined ? refusedWith({ code: "claim_unknown" }) : json(shown(claim));
}

/** `product_claim_status` of several claims: an object keyed by the ids as they were sent. */
export async function claimStates(call: Call, idTexts: readonly string[]): Promise<Answer> {
  const asked = idTexts.slice(0, idsMax);
  const claims = await claimsOf(call, asked);
  const refusal = (refused: ResellerRefusal) => ({ error: call.dialect.refusal(refused) });
  const members = new Map<string, unknown>();
  for (const text of idTexts) members.set(text, refusal({ code: "too_many_ids", max: idsMax }));
  for (const text of asked) {
    const claim = claims.get(text);
    members.set(text, claim === undefined ? refusal({ code: "claim_unknown" }) : shown(claim));
  }
  // Written by hand: an object would reorder numeric keys and trip over names such as __proto__.
  const pairs = [...members].map(([id, state]) => `${JSON.stringify(id)}:${JSON.stringify(state)}`);
  return { kind: "json", text: `{${pairs.join(",")}}` };
}

/** The caller's own among these claims, by the texts they were asked for with. */
async function claimsOf(
  { context, key }: Call,
  idTexts: readonly string[],
): Promise<ReadonlyMap<string, ProductClaim>> {
  const ids = new Map<string, ProductClaimId>();
  for (const text of idTexts) {
    const id = parseId<ProductClaimId>(text);
    if (id !== undefined) ids.set(text, id);
  }
  if (ids.size === 0) return new Map();
  const known = await listClaimsOf(context.ctx.db, key.accountId, [...new Set(ids.values())]);
  const byId = new Map(known.map((claim) => [claim.id, claim]));
  const found = new Map<string, ProductClaim>();
  for (const [text, id] of ids) {
    const claim = byId.get(id);
    if (claim !== undefined) found.set(text, claim);
  }
  return found;
}

function shown({ status, note }: ProductClaim): Readonly<Record<string, unknown>> {
  return { status: wireClaimStatus[status], ...(note !== undefined && { note }) };
}

import { audit } from "#audit/audit.sql.ts";
import { findHolder } from "#customers/sandbox-account.sql.ts";
import { findNow } from "#database/clock.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { findProduct } from "#products/products.sql.ts";
import { systemActor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { Actor } from "#values/actor.ts";
import type { AccountId, ProductClaimId, ProductOrderId } from "#values/ids.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { isPrintable } from "#values/text.ts";
import { claimPurpose, insertClaim, nextClaimId } from "#product-orders/claims.sql.ts";
import { lockProductOrder } from "#product-orders/product-orders.sql.ts";
import { replaceItems } from "./replace-items.ts";
import { tellClaim } from "./tell-claim.ts";
import { readWarrantyFacts } from "./warranty-facts.ts";
import { claimedPlaces, warrantyVerdict } from "./warranty-rule.ts";
import type { ClaimAsking, WarrantyFacts, WarrantyRefusal } from "./warranty-rule.ts";

const claimReasonMax = 2000;
const panelItself = systemActor("play-money");

export type OpenClaimRefusal =
  | { readonly code: "product_order_unknown" }
  | { readonly code: "field_invalid"; readonly field: "reason"; readonly expected: string }
  | WarrantyRefusal;

/** What does not work, and why, in the words of the person who claims. */
export type NewClaim = ClaimAsking & {
  readonly reason: string;
  /** Buyers count the lines of the result as it is now; staff see the places of all lines. */
  readonly countedBy: "result" | "place";
  /** Staff claim for the buyer, without regard to the warranty's days. */
  readonly isGoodwill: boolean;
};

/**
 * Opens a claim for a buyer, as far as the warranty grants it. An order has one open claim at a
 * time. An order of another customer is refused as unknown. A claim about an order of play money is
 * replaced at once. The reason is sealed and kept out of the audit, because buyers write their
 * lines into it. Locks the order, then the account.
 */
export async function openClaim(
  ctx: Context,
  actor: Actor,
  accountId: AccountId,
  id: ProductOrderId,
  wanted: NewClaim,
): Promise<Result<ProductClaimId, OpenClaimRefusal>> {
  authorize(actor, "claims.settle");
  const open = await prepareClaim(ctx, actor, accountId, id, wanted);
  return inTransaction(ctx, open);
}

/**
 * Reads what is claimed, outside the transaction that will open it. The caller has checked that the
 * actor may: buyers for their own account, staff by permission.
 */
export async function prepareClaim(
  ctx: Context,
  actor: Actor,
  accountId: AccountId,
  id: ProductOrderId,
  wanted: NewClaim,
): Promise<(tx: Tx) => Promise<Result<ProductClaimId, OpenClaimRefusal>>> {
  const reason = wanted.reason.trim();
  if (reason === "" || Array.from(reason).length > claimReasonMax || !isPrintable(reason)) {
    const expected = `1 to ${claimReasonMax} characters`;
    return () => Promise.resolve(refused({ code: "field_invalid", field: "reason", expected }));
  }
  const isPlay = (await findHolder(ctx.db, accountId))?.isTest === true;
  const secrets = await ctx.secrets();
  return async (tx) => {
    const order = await lockProductOrder(tx, accountId, id);
    const product = order && (await findProduct(tx, order.productId));
    if (order === undefined || product === undefined) {
      return refused({ code: "product_order_unknown" });
    }
    const facts = await readWarrantyFacts(tx, order, product.type);
    const { isGoodwill, countedBy } = wanted;
    const places =
      countedBy === "place" ? wanted.places : placesInResult(wanted.places, facts.lines);
    const asking = { places, quantity: wanted.quantity };
    const verdict = warrantyVerdict(facts, asking, { now: await findNow(tx), isGoodwill });
    if (!verdict.ok) return verdict;
    const quantity = verdict.value;
    const claimId = await nextClaimId(tx);
    const sealedReason = secrets.seal(claimPurpose(claimId), reason);
    const about = { accountId, id: claimId, productOrderId: id, quantity, places, sealedReason };
    const claim = await insertClaim(tx, about);
    await audit(tx, {
      actor,
      action: "product_claim.open",
      subject: `product-claim:${claim.id}`,
      after: { order: id, quantity, items: places },
    });
    await tellClaim(tx, claim);
    if (isPlay) {
      const taken = claimedPlaces(facts, claim) ?? [...facts.lines.keys()].slice(0, quantity);
      const by = { actor: panelItself, note: undefined, lines: "play" as const, secrets };
      const replaced = await replaceItems(tx, { order, product, claim, places: taken }, by);
      if (!replaced.ok) throw new Error(`play lines were refused: ${replaced.refusal.code}`);
    }
    return ok(claim.id);
  };
}

/**
 * The places of lines of the result. A line that the result does not have becomes 0, which no line
 * has.
 */
function placesInResult(
  counted: readonly number[],
  lines: WarrantyFacts["lines"],
): readonly number[] {
  const places = [...lines.keys()];
  return counted.map((position) => places[position - 1] ?? 0);
}

import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import { takeBackItems } from "#products/stock/claimed-items.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductClaimId } from "#values/ids.ts";
import { chargePerItem, decimalFromAmount, subtract } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { endClaim } from "#product-orders/claims.sql.ts";
import type { ProductClaim } from "#product-orders/claims.sql.ts";
import { lockOpenClaim } from "./lock-open-claim.ts";
import type { LockClaimRefusal } from "./lock-open-claim.ts";
import { moveProductOrder } from "#product-orders/move-product-order.ts";
import type { ProductOrder } from "#product-orders/product-orders.sql.ts";
import { tellClaim } from "./tell-claim.ts";

/** A claim that ended with a refund. */
export type RefundedClaim = { readonly claim: ProductClaim; readonly refund: Amount };

/**
 * Refunds the price of what does not work, never more than is left of the charge, and ends the
 * claim. `places` as in `lockOpenClaim`; `note` is for the buyer. Locks the order, then the
 * account.
 */
export async function refundClaim(
  ctx: Context,
  actor: Actor,
  id: ProductClaimId,
  by: { readonly places: readonly number[] | undefined; readonly note: string | undefined },
): Promise<Result<RefundedClaim, LockClaimRefusal>> {
  authorize(actor, "product_orders.refund");
  return inTransaction(ctx, async (tx) => {
    const locked = await lockOpenClaim(tx, id, by.places);
    if (!locked.ok) return locked;
    const { order, claim, places } = locked.value;
    const { accountId, id: productOrderId } = order;
    const { note } = by;
    const refund = refundOf(order, claim.quantity);
    await takeBackItems(tx, { accountId, productOrderId }, places, {
      state: "returned",
      claimId: claim.id,
    });
    await endClaim(tx, claim, { status: "refunded", places, note });
    const moved = await moveProductOrder(tx, order, {
      claimed: refund,
      by: actor,
    });
    if (!moved.ok) throw new Error(`a claim's refund was refused: ${moved.refusal.code}`);
    await audit(tx, {
      actor,
      action: "product_claim.refund",
      subject: `product-claim:${id}`,
      before: { status: "open" },
      after: { status: "refunded", items: places, refund: decimalFromAmount(refund), note },
      reason: note,
    });
    await tellClaim(tx, { ...claim, status: "refunded", note });
    return ok({ claim, refund });
  });
}

/** The price of so many items, as far as it is not refunded yet. */
function refundOf({ rate, charge, refunded }: ProductOrder, quantity: number): Amount {
  const price = chargePerItem(rate, quantity);
  const left = subtract(charge, refunded);
  return price < left ? price : left;
}

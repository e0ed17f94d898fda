import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductClaimId } from "#values/ids.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { endClaim } from "#product-orders/claims.sql.ts";
import type { ProductClaim } from "#product-orders/claims.sql.ts";
import { lockClaim } from "./lock-open-claim.ts";
import type { LockClaimRefusal } from "./lock-open-claim.ts";
import { tellClaim } from "./tell-claim.ts";

/** Rejects a claim. `reason` is for the buyer. Locks the order, then the account. */
export async function rejectClaim(
  ctx: Context,
  actor: Actor,
  id: ProductClaimId,
  reason: string,
): Promise<Result<ProductClaim, LockClaimRefusal>> {
  authorize(actor, "claims.settle");
  return inTransaction(ctx, async (tx) => {
    const locked = await lockClaim(tx, id);
    if (!locked.ok) return locked;
    const { claim } = locked.value;
    await endClaim(tx, claim, { status: "rejected", places: claim.places, note: reason });
    await audit(tx, {
      actor,
      action: "product_claim.reject",
      subject: `product-claim:${id}`,
      before: { status: "open" },
      after: { status: "rejected", note: reason },
      reason,
    });
    await tellClaim(tx, { ...claim, status: "rejected", note: reason });
    return ok(claim);
  });
}

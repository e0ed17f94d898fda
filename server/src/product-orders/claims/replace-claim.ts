import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductClaimId } from "#values/ids.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { manualLinesRefusal } from "#product-orders/manual-lines.ts";
import type { ManualLinesRefusal } from "#product-orders/manual-lines.ts";
import type { ProductClaim } from "#product-orders/claims.sql.ts";
import { lockOpenClaim } from "./lock-open-claim.ts";
import type { LockClaimRefusal } from "./lock-open-claim.ts";
import { replaceItems } from "./replace-items.ts";
import type { ReplaceItemsRefusal } from "./replace-items.ts";

export type ReplaceClaimRefusal =
  | LockClaimRefusal
  | ManualLinesRefusal
  | ReplaceItemsRefusal
  /** There is no stock to take them from. Staff have to write the lines. */
  | { readonly code: "claim_lines_needed" };

/** How a claim is replaced. */
export type ClaimReplacement = {
  /** Written by staff. If left out, they come from the stock. */
  readonly lines: readonly string[] | undefined;
  /** Which lines are taken back. If left out, those that the buyer named. */
  readonly places: readonly number[] | undefined;
  /** For the buyer. */
  readonly note: string | undefined;
};

/**
 * Replaces the items that do not work, and ends the claim. Their price stays as it is. Locks the
 * order, the stock, the account.
 */
export async function replaceClaim(
  ctx: Context,
  actor: Actor,
  id: ProductClaimId,
  { lines, places, note }: ClaimReplacement,
): Promise<Result<ProductClaim, ReplaceClaimRefusal>> {
  authorize(actor, "claims.settle");
  const secrets = await ctx.secrets();
  return inTransaction(ctx, async (tx) => {
    const locked = await lockOpenClaim(tx, id, places);
    if (!locked.ok) return locked;
    const { order, product, claim } = locked.value;
    const isWithoutStock = lines === undefined && product.type !== "auto";
    if (isWithoutStock || lines?.length === 0) return refused({ code: "claim_lines_needed" });
    const items = claim.quantity;
    const unfit =
      lines && (await manualLinesRefusal(tx, secrets, order, product.type, { lines, items }));
    if (unfit !== undefined) return refused(unfit);
    const by = { actor, note, lines: lines ?? ("stock" as const), secrets };
    const replaced = await replaceItems(tx, locked.value, by);
    return replaced.ok ? ok(claim) : replaced;
  });
}

import type { Tx } from "#database/transaction.ts";
import { findProduct } from "#products/products.sql.ts";
import type { Product } from "#products/product.ts";
import type { ProductClaimId } from "#values/ids.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { findClaim } from "#product-orders/claims.sql.ts";
import type { ClaimStatus, ProductClaim } from "#product-orders/claims.sql.ts";
import { lockProductOrder } from "#product-orders/product-orders.sql.ts";
import type { ProductOrder } from "#product-orders/product-orders.sql.ts";
import { readWarrantyFacts } from "./warranty-facts.ts";
import { claimedPlaces } from "./warranty-rule.ts";

export type LockClaimRefusal =
  | { readonly code: "claim_unknown" }
  | { readonly code: "claim_settled"; readonly status: ClaimStatus }
  /** Nobody said which lines the claim is about. */
  | { readonly code: "claim_items_needed"; readonly quantity: number };

/** An open claim with everything that ending it changes. */
export type OpenClaim = {
  readonly order: ProductOrder;
  readonly product: Product;
  readonly claim: ProductClaim;
  /** The lines that it takes back. */
  readonly places: readonly number[];
};

/**
 * Locks the order of a claim, which also locks the claim, and finds which lines it takes back:
 * `places`, or those that the buyer named. Of two who settle a claim, the second is refused.
 */
export async function lockOpenClaim(
  tx: Tx,
  id: ProductClaimId,
  places: readonly number[] | undefined,
): Promise<Result<OpenClaim, LockClaimRefusal>> {
  const locked = await lockClaim(tx, id);
  if (!locked.ok) return locked;
  const { order, product, claim } = locked.value;
  const facts = await readWarrantyFacts(tx, order, product.type);
  const { quantity } = claim;
  const taken = claimedPlaces(facts, { quantity, places: places ?? claim.places });
  if (taken === undefined) return refused({ code: "claim_items_needed", quantity });
  return ok({ order, product, claim, places: taken });
}

/** The same without finding the lines. */
export async function lockClaim(
  tx: Tx,
  id: ProductClaimId,
): Promise<Result<Omit<OpenClaim, "places">, LockClaimRefusal>> {
  const found = await findClaim(tx, id);
  if (found === undefined) return refused({ code: "claim_unknown" });
  const order = await lockProductOrder(tx, found.accountId, found.productOrderId);
  // Read again, now that nobody else can settle it.
  const claim = await findClaim(tx, id);
  const product = order && (await findProduct(tx, order.productId));
  if (order === undefined || claim === undefined || product === undefined) {
    return refused({ code: "claim_unknown" });
  }
  if (claim.status !== "open") return refused({ code: "claim_settled", status: claim.status });
  return ok({ order, product, claim });
}

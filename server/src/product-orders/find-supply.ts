import type { Product } from "#products/product.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";

/** Where the items of a new order come from. */
export type Supply =
  /** Play lines for a test account. Neither stock nor provider is touched. */
  | { readonly kind: "play"; readonly given: number }
  /** The stock, which gives this many at once. */
  | { readonly kind: "stock"; readonly given: number }
  /** Its provider, later. */
  | { readonly kind: "provider"; readonly given: number }
  /** Staff, by hand. */
  | { readonly kind: "staff"; readonly given: number };

/**
 * How many of the requested items can be given, which is what is charged. `free` is what the locked
 * stock has, so this number is certain. For a provider it is what its list says.
 */
export function findSupply(
  product: Product,
  free: number,
  quantity: number,
  isPlay: boolean,
): Result<Supply, { readonly code: "out_of_stock" }> {
  if (isPlay) return ok({ kind: "play", given: quantity });
  if (product.providerId !== undefined) {
    // Its list may be slightly out of date. What it does not deliver in the end is refunded.
    const least = product.partDelivery ? 1 : quantity;
    const isShort = product.providerInventory !== undefined && product.providerInventory < least;
    return isShort ? refused({ code: "out_of_stock" }) : ok({ kind: "provider", given: quantity });
  }
  if (product.type === "service") return ok({ kind: "staff", given: quantity });
  if (free === 0 || (free < quantity && !product.partDelivery)) {
    return refused({ code: "out_of_stock" });
  }
  return ok({ kind: "stock", given: Math.min(free, quantity) });
}

import type { Context } from "#database/context.ts";
import type { ProductId } from "#values/ids.ts";
import { openKeyedLimiter } from "#database/keyed-limiter.ts";
import type { KeyedLimiter } from "#database/keyed-limiter.ts";

/** What placing product orders needs beside the context: whose turn it is. One for each process. */
export type ProductContext = { readonly ctx: Context; readonly limiter: KeyedLimiter<ProductId> };

/**
 * The stock of a product is one lock: a second buyer prepares while the first holds it, and more
 * would only hold connections that others need.
 */
export function openProductContext(ctx: Context): ProductContext {
  return { ctx, limiter: openKeyedLimiter({ subjectMax: 2, totalMax: 6, waitingMax: 5000 }) };
}

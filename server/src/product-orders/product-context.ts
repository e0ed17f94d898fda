import type { Context } from "#database/context.ts";
import type { ProductId } from "#values/ids.ts";
import { openKeyedLimiter } from "#database/keyed-limiter.ts";
import type { KeyedLimiter } from "#database/keyed-limiter.ts";

/**
 * What placing product orders needs beside the context: who waits for which stock. One per process.
 */
export type ProductContext = { readonly ctx: Context; readonly limiter: KeyedLimiter<ProductId> };

/**
 * The stock of a product is one lock. A second buyer prepares while the first holds it; more would
 * only occupy connections that others need.
 */
export function openProductContext(ctx: Context): ProductContext {
  return { ctx, limiter: openKeyedLimiter({ subjectMax: 2, totalMax: 6, waitingMax: 5000 }) };
}

import type { Context } from "#database/context.ts";
import { countItems } from "#products/stock/stock.sql.ts";
import { listUploads } from "#products/stock/uploads.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductId } from "#values/ids.ts";
import { viewProduct } from "./product-list.ts";

const uploadsShown = 10;

/**
 * How many items a product has in each state, its low mark, and its last uploads; `undefined`
 * without it.
 */
export async function viewStock(ctx: Context, actor: Actor, id: ProductId) {
  authorize(actor, "products.read");
  const product = await viewProduct(ctx, actor, id);
  if (product === undefined) return undefined;
  return {
    product: id,
    ...(await countItems(ctx.db, id)),
    low_since: product.low_since,
    uploads: await listUploads(ctx.db, id, uploadsShown),
    low_mark: product.low_mark,
  };
}

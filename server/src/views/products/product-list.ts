import type { Context } from "#database/context.ts";
import { listProducts } from "#products/products.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductId } from "#values/ids.ts";
import { sightOf } from "#views/sight.ts";
import { productRecord } from "./product-record.ts";
import type { ProductRecord } from "./product-record.ts";

/** The products with their stock, in the order in which buyers see them. */
export async function viewProducts(
  ctx: Context,
  actor: Actor,
  /** Only those whose stock is at or below its low mark. */
  query: { readonly isLow: boolean },
): Promise<readonly ProductRecord[]> {
  authorize(actor, "products.read");
  const sight = sightOf(actor);
  return (await listProducts(ctx.db))
    .filter(({ lowSince }) => !query.isLow || lowSince !== undefined)
    .map((product) => productRecord(product, sight));
}

/** One product; `undefined` where there is no such product. */
export async function viewProduct(
  ctx: Context,
  actor: Actor,
  id: ProductId,
): Promise<ProductRecord | undefined> {
  authorize(actor, "products.read");
  const products = await viewProducts(ctx, actor, { isLow: false });
  return products.find(({ product }) => product === id);
}

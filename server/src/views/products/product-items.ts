import type { Context } from "#database/context.ts";
import { findProduct } from "#products/products.sql.ts";
import { listItems } from "#products/stock/stock.sql.ts";
import type { ItemState } from "#products/stock/stock.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductId } from "#values/ids.ts";

/** Items of a product's stock, without their text; `undefined` where there is no such product. */
export async function viewItems(
  ctx: Context,
  actor: Actor,
  query: {
    readonly productId: ProductId;
    readonly state?: ItemState | undefined;
    readonly after: number;
    readonly limit: number;
  },
) {
  authorize(actor, "products.read");
  const { productId, state, after, limit } = query;
  if ((await findProduct(ctx.db, productId)) === undefined) return undefined;
  const items = await listItems(ctx.db, productId, { state, after, limit });
  return items.map(({ id, upload_id, product_order_id, account_id, ...item }) => ({
    item: id,
    ...item,
    upload: upload_id,
    customer: account_id,
    order: product_order_id,
  }));
}

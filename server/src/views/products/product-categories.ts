import type { Context } from "#database/context.ts";
import { listProductCategories } from "#products/products.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";

/** The categories of products, in the order in which buyers see them. */
export async function viewProductCategories(ctx: Context, actor: Actor) {
  authorize(actor, "products.read");
  return (await listProductCategories(ctx.db)).map(({ name, position, products }) => ({
    category: name,
    position,
    products,
  }));
}

import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { brokenConstraint, inTransaction } from "#database/transaction.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { productCategoryLengthMax } from "./product.ts";
import { listProductCategories, updateProductCategory } from "./products.sql.ts";
import type { ProductCategory } from "./products.sql.ts";

export type ChangeCategoryRefusal =
  | { readonly code: "product_category_unknown" }
  | { readonly code: "product_category_taken"; readonly name: string }
  | { readonly code: "product_category_invalid" };

/** Renames a category of products, or moves it in the list: small positions come first. */
export async function changeProductCategory(
  ctx: Context,
  actor: Actor,
  name: string,
  change: { readonly name: string | undefined; readonly position: number | undefined },
): Promise<Result<ProductCategory, ChangeCategoryRefusal>> {
  authorize(actor, "products.write");
  const wanted = change.name?.trim();
  if (wanted !== undefined && (wanted === "" || wanted.length > productCategoryLengthMax)) {
    return refused({ code: "product_category_invalid" });
  }
  try {
    return await inTransaction(ctx, async (tx) => {
      const categories = await listProductCategories(tx);
      const before = categories.find((category) => category.name === name.trim());
      if (before === undefined) return refused({ code: "product_category_unknown" });
      await updateProductCategory(tx, before.id, { ...change, name: wanted });
      const after = {
        ...before,
        name: wanted ?? before.name,
        position: change.position ?? before.position,
      };
      await audit(tx, {
        actor,
        action: "product_category.change",
        subject: `product_category:${before.id}`,
        before: { name: before.name, position: before.position },
        after: { name: after.name, position: after.position },
      });
      return ok(after);
    });
  } catch (error) {
    if (brokenConstraint(error) !== "product_categories_name_key") throw error;
    return refused({ code: "product_category_taken", name: wanted ?? "" });
  }
}

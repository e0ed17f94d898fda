import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductId } from "#values/ids.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { auditedProduct, checkProduct } from "./product.ts";
import type { Product, ProductRefusal } from "./product.ts";
import { ensureProductCategory, insertProduct } from "./products.sql.ts";

/**
 * A product of our own as an operator describes it. The category is given by name, and made where
 * it is missing.
 */
export type ProductDescription = Pick<
  Product,
  | "category"
  | "name"
  | "description"
  | "type"
  | "rate"
  | "min"
  | "max"
  | "question"
  | "questionCheck"
  | "visibility"
  | "partDelivery"
  | "lowMark"
  | "warrantyDays"
>;

/** Puts a product on sale, at the end of its category and with an empty stock. */
export async function createProduct(
  ctx: Context,
  actor: Actor,
  description: ProductDescription,
): Promise<Result<ProductId, ProductRefusal>> {
  authorize(actor, "products.write");
  authorize(actor, "products.price");
  const refusal = checkProduct(description);
  if (refusal !== undefined) return refused(refusal);
  return inTransaction(ctx, async (tx) => {
    const { category, ...product } = description;
    const id = await insertProduct(tx, {
      ...product,
      name: product.name.trim(),
      question: product.question?.trim(),
      categoryId: await ensureProductCategory(tx, category.trim()),
      providerId: undefined,
      providerProduct: undefined,
      providerRate: undefined,
      cost: undefined,
      providerInventory: undefined,
      marginPercent: undefined,
      belowMargin: undefined,
    });
    await audit(tx, {
      actor,
      action: "product.create",
      subject: `product:${id}`,
      after: auditedProduct(description),
    });
    return ok(id);
  });
}

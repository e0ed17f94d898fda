import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductId } from "#values/ids.ts";
import { unitsPerOne } from "#values/money.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { addToCount, lockStock } from "./items.sql.ts";
import { auditedProduct, checkProduct, itemsMax } from "./product.ts";
import type { Product, ProductRefusal, QuantityDiscount } from "./product.ts";
import { replaceDiscounts } from "./product-discounts.sql.ts";
import { ensureProductCategory, findProduct, updateProduct } from "./products.sql.ts";

/** A product's type never changes, nor where it is bought, because its orders depend on both. */
export type ProductChange = Partial<
  Pick<
    Product,
    | "category"
    | "name"
    | "description"
    | "rate"
    | "min"
    | "max"
    | "question"
    | "questionCheck"
    | "visibility"
    | "partDelivery"
    | "lowMark"
    | "warrantyDays"
    | "position"
    | "discounts"
    | "marginPercent"
    | "belowMargin"
  >
>;

export type ChangeProductRefusal =
  | { readonly code: "product_unknown" }
  | { readonly code: "product_discount_invalid"; readonly expected: string }
  | ProductRefusal;

const discountsMax = 20;

/**
 * Changes a product under the lock of its stock: `decide` gets it as it stands. A use case that
 * reads the product under that lock never takes an old price.
 */
export async function changeProduct(
  ctx: Context,
  actor: Actor,
  id: ProductId,
  decide: (before: Product) => ProductChange,
): Promise<Result<Product, ChangeProductRefusal>> {
  authorize(actor, "products.write");
  return inTransaction(ctx, async (tx) => {
    if ((await lockStock(tx, id)) === undefined) return refused({ code: "product_unknown" });
    const before = await findProduct(tx, id);
    if (before === undefined) return refused({ code: "product_unknown" });
    const changed = tidied(before, { ...before, ...decide(before) });
    if (isPricedAnew(before, changed)) authorize(actor, "products.price");
    const refusal = checkProduct(changed) ?? checkDiscounts(changed.discounts);
    if (refusal !== undefined) return refused(refusal);
    const categoryId =
      changed.category === before.category
        ? before.categoryId
        : await ensureProductCategory(tx, changed.category);
    const after = { ...changed, categoryId };
    await updateProduct(tx, after);
    if (after.discounts !== before.discounts) await replaceDiscounts(tx, id, after.discounts);
    if (after.lowMark !== before.lowMark) await addToCount(tx, id, 0);
    await audit(tx, {
      actor,
      action: "product.change",
      subject: `product:${id}`,
      before: auditedProduct(before),
      after: auditedProduct(after),
    });
    return ok(after);
  });
}

function isPricedAnew(before: Product, after: Product): boolean {
  return (
    after.rate !== before.rate ||
    after.discounts !== before.discounts ||
    after.marginPercent !== before.marginPercent ||
    after.belowMargin !== before.belowMargin
  );
}

function tidied(before: Product, product: Product): Product {
  const isQuestionGone = before.question !== undefined && product.question === undefined;
  return {
    ...product,
    category: product.category.trim(),
    name: product.name.trim(),
    question: product.question?.trim(),
    // Its check goes with the question.
    questionCheck: isQuestionGone ? undefined : product.questionCheck,
  };
}

function checkDiscounts(discounts: readonly QuantityDiscount[]): ChangeProductRefusal | undefined {
  const isEachPossible = discounts.every(
    ({ quantityFrom, percent }) =>
      quantityFrom >= 2 && quantityFrom <= itemsMax && percent > 0n && percent < 100n * unitsPerOne,
  );
  const isBounded = discounts.length <= discountsMax;
  if (isEachPossible && isBounded) return undefined;
  const expected = isEachPossible
    ? `at most ${discountsMax} discounts`
    : `from 2 to ${itemsMax} items on, more than 0 and less than 100 per cent`;
  return { code: "product_discount_invalid", expected };
}

/** The discounts with this one replacing the one for the same quantity; `undefined` removes it. */
export function withDiscount(
  discounts: readonly QuantityDiscount[],
  quantityFrom: number,
  percent: QuantityDiscount["percent"] | undefined,
): QuantityDiscount[] {
  const others = discounts.filter((discount) => discount.quantityFrom !== quantityFrom);
  const wanted = percent === undefined ? others : [...others, { quantityFrom, percent }];
  return wanted.toSorted((a, b) => a.quantityFrom - b.quantityFrom);
}

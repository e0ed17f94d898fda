import type { Tx } from "#database/transaction.ts";
import { addToCount, itemDigestPurpose, itemPurpose, lockStock } from "#products/items.sql.ts";
import { ensureProductCategory, insertProduct } from "#products/products.sql.ts";
import { insertUpload, insertUploadedLines, updateUpload } from "#products/stock/uploads.sql.ts";
import type { Actor } from "#values/actor.ts";
import type { ProductCategoryId, ProductId } from "#values/ids.ts";
import type { Amount } from "#values/money.ts";
import type { Secrets } from "#values/secrets.ts";
import { demoLines, demoProducts } from "./demo-products.ts";

/** Puts the sandbox shop's products on sale, with lines in the stock, in the caller's transaction. */
export async function addProducts(
  tx: Tx,
  secrets: Secrets,
  actor: Actor,
  amount: (text: string) => Amount,
): Promise<{ products: ProductId[]; productCategories: ProductCategoryId[] }> {
  const products: ProductId[] = [];
  const productCategories = new Set<ProductCategoryId>();
  for (const product of demoProducts) {
    const categoryId = await ensureProductCategory(tx, product.category);
    productCategories.add(categoryId);
    const id = await insertProduct(tx, {
      categoryId,
      name: product.name,
      description: "A product of the sandbox: what it delivers opens nothing.",
      type: product.type,
      rate: amount(product.rate),
      min: 1,
      max: product.max,
      question: product.question,
      questionCheck: undefined,
      visibility: "everyone",
      partDelivery: false,
      lowMark: undefined,
      warrantyDays: product.warrantyDays ?? 0,
      providerId: undefined,
      providerProduct: undefined,
      providerRate: undefined,
      cost: undefined,
      providerInventory: undefined,
      marginPercent: undefined,
      belowMargin: undefined,
    });
    await addStock(tx, secrets, actor, id, demoLines(product));
    products.push(id);
  }
  return { products, productCategories: [...productCategories] };
}

async function addStock(
  tx: Tx,
  secrets: Secrets,
  actor: Actor,
  id: ProductId,
  lines: readonly string[],
): Promise<void> {
  if (lines.length === 0) return;
  await lockStock(tx, id);
  const upload = await insertUpload(tx, id, actor);
  const sealed = lines.map((line) => {
    const digest = secrets.digest(itemDigestPurpose, line);
    return { digest, sealed: secrets.seal(itemPurpose(digest), line) };
  });
  const added = (await insertUploadedLines(tx, id, upload, sealed)).length;
  await addToCount(tx, id, added);
  await updateUpload(tx, upload, { added, repeated: lines.length - added, empty: 0 });
}

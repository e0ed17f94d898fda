import type { Queryable } from "#database/statement.ts";
import type { AccountId, ProductId } from "#values/ids.ts";
import { maySee } from "#products/product.ts";
import type { Product } from "#products/product.ts";
import { findAllProductTerms } from "#products/product-rates.sql.ts";
import { listProductsByIds } from "#products/products.sql.ts";

/** Lists which of these products a buyer (a customer, or a test account) may see. */
export async function listSeenProducts(
  db: Queryable,
  accountId: AccountId,
  ids: readonly ProductId[],
): Promise<ReadonlyMap<ProductId, Product>> {
  if (ids.length === 0) return new Map();
  const terms = await findAllProductTerms(db, accountId);
  if (terms === undefined) return new Map();
  const products = await listProductsByIds(db, ids);
  const seen = products.filter((product) => maySee(product, terms.rates.has(product.id)));
  return new Map(seen.map((product) => [product.id, product]));
}

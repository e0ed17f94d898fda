import { panelMargin } from "#catalog/panel-margin.ts";
import type { PanelMargin } from "#catalog/price.ts";
import { productRate } from "#products/product-price.ts";
import type { ProductTerms } from "#products/product-price.ts";
import { findAllProductTerms } from "#products/product-rates.sql.ts";
import { maySee, shownStock } from "#products/product.ts";
import type { ProductType } from "#products/product.ts";
import { listProducts } from "#products/products.sql.ts";
import type { StockedProduct } from "#products/products.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { jsonNumber } from "#values/exact-json.ts";
import { json } from "#http/reseller/answer.ts";
import type { Answer } from "#http/reseller/answer.ts";
import type { Call } from "#http/reseller/call.ts";

const wireTypes: Readonly<Record<ProductType, string>> = { auto: "Auto", service: "Service" };

/**
 * `products`: what this caller may buy, at their own prices, in the operator's order. Only 1dg.me
 * has it, so every dialect uses its shape: `rate` is a number, the price of one item.
 */
export async function products({ context, key }: Call): Promise<Answer> {
  const { db } = context.ctx;
  const [listed, terms, settings] = await Promise.all([
    listProducts(db),
    findAllProductTerms(db, key.accountId),
    readSettings(db),
  ]);
  if (terms === undefined) return json([]);
  const { discountPercent, rates } = terms;
  const margin = panelMargin(settings);
  const rows = listed.map((product) => {
    const custom = rates.get(product.id);
    return rowOf(product, { discountPercent, custom }, margin);
  });
  return json(rows.filter((row) => row !== undefined));
}

/** `undefined` where the product is not sold to the caller. */
function rowOf(
  product: StockedProduct,
  terms: ProductTerms,
  margin: PanelMargin,
): Readonly<Record<string, unknown>> | undefined {
  if (!maySee(product, terms.custom !== undefined)) return undefined;
  // The price of one item in the smallest order: a larger order pays no more per item.
  const rate = productRate(product, terms, product.min, margin);
  if (rate === undefined) return undefined;
  const { isInStock, inventory } = shownStock(product, product.free);
  const discounts = product.discounts.flatMap(({ quantityFrom: quantity }) => {
    const lower = productRate(product, terms, quantity, margin);
    if (lower === undefined || quantity <= product.min || quantity > product.max) return [];
    return [{ quantity, rate: jsonNumber(lower) }];
  });
  return {
    product: product.id,
    name: product.name,
    require: product.question,
    rate: jsonNumber(rate),
    min: product.min,
    max: product.max,
    category: product.category,
    status: isInStock ? "In stock" : "Out of stock",
    inventory,
    type: wireTypes[product.type],
    desc: product.description,
    warranty_days: product.warrantyDays,
    ...(discounts.length > 0 && { discounts }),
  };
}

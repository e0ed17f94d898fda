import { shownStock, stockWord } from "#products/product.ts";
import type { Product, ProductType } from "#products/product.ts";
import type { StockedProduct } from "#products/products.sql.ts";
import type { Sight } from "#views/sight.ts";
import { money, moneyOrNull, percent } from "#views/spelling.ts";

export type ProductRecord = ReturnType<typeof productRecord>;

const typeWord: Readonly<Record<ProductType, string>> = { auto: "Auto", service: "Service" };

/** A product as staff see it, with its stock. */
export function productRecord(product: StockedProduct, sight: Sight) {
  const { isInStock, inventory } = shownStock(product, product.free);
  return {
    product: product.id,
    name: product.name,
    category: product.category,
    type: typeWord[product.type],
    description: product.description,
    rate: money(product.rate),
    min: product.min,
    max: product.max,
    require: product.question ?? null,
    check: product.questionCheck ?? null,
    status: stockWord[isInStock ? "in" : "out"],
    inventory: inventory ?? null,
    low_mark: product.lowMark ?? null,
    low_since: product.lowSince ?? null,
    visibility: product.visibility,
    part_delivery: product.partDelivery,
    warranty_days: product.warrantyDays,
    position: product.position,
    discounts: discountRecords(product),
    ...(sight.provider && {
      provider: product.providerId ?? null,
      provider_product: product.providerProduct ?? null,
    }),
    ...(sight.cost && {
      provider_rate: moneyOrNull(product.providerRate),
      cost: moneyOrNull(product.cost),
      margin_percent: product.marginPercent === undefined ? null : percent(product.marginPercent),
      below_margin: product.belowMargin ?? null,
    }),
  };
}

/** The discounts, and the quantity from which each applies. */
export function discountRecords({ discounts }: Pick<Product, "discounts">) {
  return discounts.map(({ quantityFrom, percent: off }) => ({
    from: quantityFrom,
    percent: percent(off),
  }));
}

import { aboveMargin } from "#catalog/price.ts";
import type { CustomRate } from "#catalog/custom-rate.ts";
import type { PanelMargin } from "#catalog/price.ts";
import { amountOfRate, rateAfter, unitsPerOne } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Product } from "./product.ts";

/** What makes one customer's price of one product differ from the list. */
export type ProductTerms = {
  /** Taken off the list price; per cent on the scale of `Amount`, 0 to 100. */
  readonly discountPercent: Amount;
  /** Their own price of this product, in place of the discount. */
  readonly custom: CustomRate | undefined;
};

/** What a price is made from. */
export type PricedProduct = Pick<
  Product,
  "rate" | "discounts" | "cost" | "marginPercent" | "belowMargin"
>;

const whole = 100n * unitsPerOne;

/**
 * What one item costs this customer when they buy `quantity` items: the one place where a product's
 * price is made. Their own price replaces the discount; the quantity discount comes off last; the
 * result is rounded up to 5 decimals, once. `undefined`: not sold to them, because that would lie
 * below the margin. It is 0 for a customer with a discount of 100 per cent.
 */
export function productRate(
  product: PricedProduct,
  { discountPercent, custom }: ProductTerms,
  quantity: number,
  margin: PanelMargin,
): Amount | undefined {
  const left = whole - quantityDiscount(product.discounts, quantity);
  const agreed =
    custom?.kind === "fixed"
      ? rateAfter(custom.rate, [left])
      : rateAfter(product.rate, [custom?.percent ?? whole - discountPercent, left]);
  const rate = aboveMargin(product, agreed, margin);
  return rate === undefined ? undefined : amountOfRate(rate);
}

/** Per cent off for this quantity: that of the highest threshold reached; 0 below the first. */
function quantityDiscount(discounts: Product["discounts"], quantity: number): bigint {
  const reached = discounts.filter(({ quantityFrom }) => quantityFrom <= quantity);
  const highest = reached.toSorted((a, b) => b.quantityFrom - a.quantityFrom)[0];
  return highest?.percent ?? 0n;
}

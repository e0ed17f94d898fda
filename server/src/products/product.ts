import type { MarginPolicy } from "#catalog/price.ts";
import type { ProductCategoryId, ProductId, ProviderId } from "#values/ids.ts";
import { formatAmount, unitsPerOne } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { parseQuestionCheck } from "./question-check.ts";

/** How a product reaches its buyer: from the stock or its provider at once, or by hand. */
export const productTypes = ["auto", "service"] as const;
export type ProductType = (typeof productTypes)[number];

/** Who sees and buys it; `chosen`: those customers who have a price of their own for it. */
export const visibilities = ["everyone", "chosen", "nobody"] as const;
export type Visibility = (typeof visibilities)[number];

/** A discount for orders of at least this many items. */
export type QuantityDiscount = {
  readonly quantityFrom: number;
  /** More than 0, less than 100; on the scale of `Amount`. */
  readonly percent: Amount;
};

/** A digital good that is sold by the item, as the operator set it up. */
export type Product = {
  readonly id: ProductId;
  readonly categoryId: ProductCategoryId;
  /** The category's name. */
  readonly category: string;
  readonly name: string;
  readonly description: string;
  readonly type: ProductType;
  /** The list price of one item, before any discount. */
  readonly rate: Amount;
  readonly min: number;
  readonly max: number;
  /** What the buyer is asked; `undefined`: nothing. */
  readonly question: string | undefined;
  /** How the answer is checked: a text that `parseQuestionCheck` reads. */
  readonly questionCheck: string | undefined;
  readonly visibility: Visibility;
  /** True: an order that the stock cannot fill gets what there is, and pays only for that. */
  readonly partDelivery: boolean;
  /** Staff are warned when this many items or fewer are free. */
  readonly lowMark: number | undefined;
  readonly warrantyDays: number;
  readonly position: number;
  /** In the order of `quantityFrom`. */
  readonly discounts: readonly QuantityDiscount[];
  /** The provider that it is bought from; `undefined`: it is our own. */
  readonly providerId: ProviderId | undefined;
  readonly providerProduct: string | undefined;
  /** The provider's price of one item, in its currency. */
  readonly providerRate: Amount | undefined;
  /** The same in the panel's currency; `undefined` for a product of our own. */
  readonly cost: Amount | undefined;
  /** How many the provider's list says it has; `undefined`: it does not say. */
  readonly providerInventory: number | undefined;
  /** Its own margin in place of the panel's; per cent above cost. */
  readonly marginPercent: Amount | undefined;
  readonly belowMargin: MarginPolicy | undefined;
};

export type ProductRefusal =
  | { readonly code: "product_name_invalid" }
  | { readonly code: "product_category_invalid" }
  | { readonly code: "product_rate_invalid"; readonly expected: string }
  | { readonly code: "product_bounds_invalid"; readonly expected: string }
  | { readonly code: "question_invalid"; readonly expected: string }
  | { readonly code: "product_terms_invalid"; readonly expected: string };

const productNameLengthMax = 500;
export const productCategoryLengthMax = 200;
const productDescriptionLengthMax = 20_000;
const questionLengthMax = 500;
/** The most items of one order. */
export const itemsMax = 10_000;
/**
 * The highest price of one item: the largest order at this price stays below the highest charge.
 */
export const productRateMax = 100_000_000_000n * unitsPerOne;
const warrantyDaysMax = 3650;

const lowMarkMax = 1_000_000_000;
const marginPercentMax = 999n * unitsPerOne;

/** What prevents a product from being sold; `undefined` where nothing does. */
export function checkProduct(
  product: Pick<Product, "name" | "category" | "rate" | "min" | "max"> & Partial<Product>,
): ProductRefusal | undefined {
  const name = product.name.trim();
  if (name === "" || name.length > productNameLengthMax) return { code: "product_name_invalid" };
  const category = product.category.trim();
  if (category === "" || category.length > productCategoryLengthMax) {
    return { code: "product_category_invalid" };
  }
  // Nothing is sold for free: a missing price must not become a price of zero.
  if (product.rate <= 0n || product.rate > productRateMax) {
    return { code: "product_rate_invalid", expected: "more than 0, at most 10^11" };
  }
  if (product.min < 1 || product.min > product.max || product.max > itemsMax) {
    return { code: "product_bounds_invalid", expected: `1 ≤ min ≤ max ≤ ${itemsMax}` };
  }
  return checkQuestion(product) ?? checkTerms(product);
}

function checkQuestion({ question, questionCheck }: Partial<Product>): ProductRefusal | undefined {
  const length = question?.trim().length;
  if (length !== undefined && (length === 0 || length > questionLengthMax)) {
    return { code: "question_invalid", expected: `1 to ${questionLengthMax} characters` };
  }
  if (questionCheck === undefined) return undefined;
  if (question === undefined) {
    return { code: "question_invalid", expected: "a question where there is a check" };
  }
  const check = parseQuestionCheck(questionCheck);
  return check.ok ? undefined : { code: "question_invalid", expected: check.refusal.expected };
}

function checkTerms(product: Partial<Product>): ProductRefusal | undefined {
  const { warrantyDays = 0, lowMark, marginPercent, description = "" } = product;
  const hasStock = product.type !== "service" && product.providerId === undefined;
  const rules: readonly (readonly [isBroken: boolean, expected: string])[] = [
    [
      warrantyDays < 0 || warrantyDays > warrantyDaysMax,
      `a warranty of 0 to ${warrantyDaysMax} days`,
    ],
    [lowMark !== undefined && !hasStock, "no low mark where there is no stock of our own"],
    [
      lowMark !== undefined && (lowMark < 1 || lowMark > lowMarkMax),
      `a low mark of 1 to ${lowMarkMax} items`,
    ],
    [
      marginPercent !== undefined && (marginPercent < 0n || marginPercent > marginPercentMax),
      "a margin of 0 to 999 per cent",
    ],
    [
      description.length > productDescriptionLengthMax,
      `a description of at most ${productDescriptionLengthMax} characters`,
    ],
  ];
  const problem = rules.find(([isBroken]) => isBroken)?.[1];
  return problem === undefined ? undefined : { code: "product_terms_invalid", expected: problem };
}

/** True where a customer sees a product and may buy it. */
export function maySee(product: Pick<Product, "visibility">, hasOwnRate: boolean): boolean {
  switch (product.visibility) {
    case "everyone":
      return true;
    case "chosen":
      return hasOwnRate;
    case "nobody":
      return false;
  }
}

/** True where its items come from lines uploaded here. */
export function hasOwnStock(product: Pick<Product, "type" | "providerId">): boolean {
  return product.type === "auto" && product.providerId === undefined;
}

/** A product's stock as its buyers are told of it. */
export type ShownStock = {
  /** True where the smallest order could be filled, as far as known. */
  readonly isInStock: boolean;
  /** How many items there are; `undefined` for the type service, and where nobody knows. */
  readonly inventory: number | undefined;
};

/** What the wire calls it (1DG's page: status). */
export const stockWord = { in: "In stock", out: "Out of stock" } as const;

/**
 * What buyers are told of the stock; `free` is how many of our own items are free. For a provider's
 * product the provider's list counts. A product that is delivered by hand is in stock unless its
 * provider says that it has none.
 */
export function shownStock(
  product: Pick<Product, "type" | "min" | "partDelivery" | "providerId" | "providerInventory">,
  free: number,
): ShownStock {
  const ownCount = hasOwnStock(product) ? free : undefined;
  return stockAt(product, product.providerId === undefined ? ownCount : product.providerInventory);
}

/** The same for this many items; `undefined`: nobody knows. */
export function stockAt(
  product: Pick<Product, "type" | "min" | "partDelivery">,
  count: number | undefined,
): ShownStock {
  const isByHand = product.type === "service";
  // A product that nobody can buy is not in stock, even if a few items are left.
  const least = product.partDelivery || isByHand ? 1 : product.min;
  return {
    isInStock: count === undefined || count >= least,
    inventory: isByHand ? undefined : count,
  };
}

/** A product as the audit keeps it: amounts as decimals. */
export function auditedProduct(product: Partial<Product>): Readonly<Record<string, unknown>> {
  const { rate, providerRate, cost, marginPercent, discounts } = product;
  // What a provider says of its stock is not a decision of staff.
  const { providerInventory: _, categoryId: _category, ...kept } = product;
  return {
    ...kept,
    rate: rate === undefined ? undefined : formatAmount(rate, 2),
    providerRate: providerRate === undefined ? undefined : formatAmount(providerRate, 2),
    cost: cost === undefined ? undefined : formatAmount(cost, 2),
    marginPercent: marginPercent === undefined ? undefined : formatAmount(marginPercent, 0),
    discounts: discounts?.map(({ quantityFrom, percent }) => ({
      from: quantityFrom,
      percent: formatAmount(percent, 0),
    })),
  };
}

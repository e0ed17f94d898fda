import { sellingRate } from "#catalog/mark-up.ts";
import type { MarkUp } from "#catalog/mark-up.ts";
import type { ListedProduct, ProductList } from "#providers/connector.ts";
import type { ProductId } from "#values/ids.ts";
import { absolute, exchanged, percentAbove, unitsPerOne } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { productRateMax } from "#products/product.ts";
import type { Product } from "#products/product.ts";
import type { ListedTerms } from "./provider-products.sql.ts";

/** What is proposed for one product of a provider. */
export type ProductChange = {
  readonly kind: "new" | "changed" | "returned" | "gone";
  readonly providerProduct: string;
  readonly name: string;
  /** `undefined` for one that is not sold yet. */
  readonly productId: ProductId | undefined;
  readonly before: ListedTerms | undefined;
  readonly after: ListedTerms;
  /** For a new one. */
  readonly listed: ListedProduct | undefined;
  /** The mark-up that makes its rate; `undefined`: the rate is the operator's own. */
  readonly markUp: MarkUp | undefined;
  /** Why it waits for an operator. Until then it is not sold at a price that we did not decide. */
  readonly brake: string | undefined;
};

export type ProductPlan = {
  readonly changes: readonly ProductChange[];
  /** Why the list as a whole is not believed: then nothing in the plan is applied by itself. */
  readonly brakes: readonly string[];
  /** How many products of the list are sold already. */
  readonly sold: number;
  /** New products that were not asked for. */
  readonly unsold: number;
  readonly refused: ProductList["refused"];
};

export type ProductPlanInput = {
  readonly list: ProductList;
  readonly products: readonly Product[];
  readonly markUps: ReadonlyMap<ProductId, MarkUp>;
  readonly exchangeRate: Amount;
  /** What new products are sold with; `undefined`: none are brought. */
  readonly markUp: MarkUp | undefined;
  readonly isWanted: (listed: ListedProduct) => boolean;
  readonly vanishPercent: number;
  readonly jumpPercent: number;
};

/**
 * Compares a provider's list with what we sell from it. Costs, prices that follow them, stock,
 * bounds and a new question are updated; names, texts and categories are the operator's once they
 * are here. What is gone stays, out of stock.
 */
export function planImport(input: ProductPlanInput): ProductPlan {
  const { list, products } = input;
  const known = new Map(products.map((product) => [product.providerProduct, product]));
  const listed = new Set(list.products.map((each) => each.providerProduct));
  const refused = [...list.refused];
  const changes: ProductChange[] = [];
  let sold = 0;
  let unsold = 0;
  for (const [index, each] of list.products.entries()) {
    const product = known.get(each.providerProduct);
    if (product !== undefined) sold += 1;
    else if (input.markUp === undefined || !input.isWanted(each)) {
      unsold += 1;
      continue;
    }
    const change = product === undefined ? planNew(input, each) : planKnown(input, each, product);
    if (change === "too_high") {
      refused.push({ row: index + 1, reason: "rate is too high with the mark-up" });
    } else if (change !== undefined) changes.push(change);
  }
  const missing = products.filter(({ providerProduct }) => !listed.has(providerProduct ?? ""));
  const gone = missing.filter(isListed).map((product) => planGone(input, product));
  const onSale = products.filter(isListed).length;
  return {
    changes: [...changes, ...gone],
    brakes: brakesOf(input, gone.length, onSale),
    sold,
    unsold,
    refused,
  };
}

/** True where the provider's list had it at the last reading. */
function isListed(product: Product): boolean {
  return product.providerRate !== undefined;
}

function brakesOf(input: ProductPlanInput, gone: number, onSale: number): string[] {
  if (onSale > 0 && input.list.products.length === 0) return ["the list is empty"];
  if (gone * 100 <= onSale * input.vanishPercent) return [];
  return [`${gone} of ${onSale} products are gone, more than ${input.vanishPercent} %`];
}

function planNew(input: ProductPlanInput, listed: ListedProduct): ProductChange | "too_high" {
  const { markUp } = input;
  if (markUp === undefined) throw new Error("a new product without a mark-up");
  const cost = exchanged(listed.rate, input.exchangeRate);
  const rate = sellingRate(cost, markUp);
  if (rate > productRateMax) return "too_high";
  return {
    kind: "new",
    providerProduct: listed.providerProduct,
    name: listed.name,
    productId: undefined,
    before: undefined,
    after: {
      rate,
      providerRate: listed.rate,
      cost,
      providerInventory: listed.inventory,
      min: listed.min,
      max: listed.max,
      question: listed.question,
    },
    listed,
    markUp,
    brake: undefined,
  };
}

function planKnown(
  input: ProductPlanInput,
  listed: ListedProduct,
  product: Product,
): ProductChange | "too_high" | undefined {
  const cost = exchanged(listed.rate, input.exchangeRate);
  const markUp = followedMarkUp(input, product);
  const rate = markUp === undefined ? product.rate : sellingRate(cost, markUp);
  if (rate > productRateMax) return "too_high";
  const before = termsOf(product);
  const after: ListedTerms = {
    rate,
    providerRate: listed.rate,
    cost,
    providerInventory: listed.inventory,
    min: listed.min,
    max: listed.max,
    // The words may be the operator's; without a question the provider would refuse every order.
    question: product.question ?? listed.question,
  };
  const isReturned = product.providerRate === undefined;
  if (!isReturned && isSame(before, after)) return undefined;
  return {
    kind: isReturned ? "returned" : "changed",
    providerProduct: listed.providerProduct,
    name: product.name,
    productId: product.id,
    before,
    after,
    listed: undefined,
    markUp,
    brake: jumpOf(product.cost, cost, input.jumpPercent),
  };
}

/** The mark-up that its rate follows; a rate that differs was set by hand, and stays. */
function followedMarkUp(
  { markUps }: ProductPlanInput,
  { id, rate, cost }: Product,
): MarkUp | undefined {
  const markUp = markUps.get(id);
  if (markUp === undefined || cost === undefined) return undefined;
  return sellingRate(cost, markUp) === rate ? markUp : undefined;
}

function jumpOf(before: Amount | undefined, after: Amount, percent: number): string | undefined {
  if (before === undefined || before === after) return undefined;
  if (before <= 0n) return "its price was 0";
  const moved = percentAbove(after, before);
  if (absolute(moved) <= BigInt(percent) * unitsPerOne) return undefined;
  return `its price moved by ${moved / unitsPerOne} %`;
}

function planGone(input: ProductPlanInput, product: Product): ProductChange {
  const before = termsOf(product);
  return {
    kind: "gone",
    providerProduct: product.providerProduct ?? "",
    name: product.name,
    productId: product.id,
    before,
    after: { ...before, providerRate: undefined, providerInventory: 0 },
    listed: undefined,
    markUp: followedMarkUp(input, product),
    brake: undefined,
  };
}

function termsOf(product: Product): ListedTerms {
  const { rate, providerRate, cost, providerInventory, min, max, question } = product;
  return { rate, providerRate, cost, providerInventory, min, max, question };
}

function isSame(a: ListedTerms, b: ListedTerms): boolean {
  return (
    a.rate === b.rate &&
    a.providerRate === b.providerRate &&
    a.cost === b.cost &&
    a.providerInventory === b.providerInventory &&
    a.min === b.min &&
    a.max === b.max &&
    a.question === b.question
  );
}

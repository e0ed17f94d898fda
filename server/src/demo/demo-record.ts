import type {
  AccountId,
  CategoryId,
  ProductCategoryId,
  ProductId,
  ServiceId,
} from "#values/ids.ts";
import { parseId } from "#values/ids.ts";

/** The setting under which the panel remembers its demo. */
export const demoSettingKey = "demo";

/** What the demo consists of, so that it can be removed again; or that it was removed. */
export type DemoRecord =
  | {
      readonly state: "made";
      readonly customer: AccountId;
      readonly services: readonly ServiceId[];
      readonly categories: readonly CategoryId[];
      readonly products: readonly ProductId[];
      readonly productCategories: readonly ProductCategoryId[];
    }
  | { readonly state: "removed" };

/** Reads the setting; `undefined` where no demo was ever made. */
export function readDemoRecord(value: unknown): DemoRecord | undefined {
  if (typeof value !== "object" || value === null || !("state" in value)) return undefined;
  if (value.state === "removed") return { state: "removed" };
  const customer = "customer" in value ? readId<AccountId>(value.customer) : undefined;
  if (value.state !== "made" || customer === undefined) {
    throw new Error("the setting demo cannot be read");
  }
  return {
    state: "made",
    customer,
    services: "services" in value ? readIds<ServiceId>(value.services) : [],
    categories: "categories" in value ? readIds<CategoryId>(value.categories) : [],
    // A demo of an older version has none.
    products: "products" in value ? readIds<ProductId>(value.products) : [],
    productCategories:
      "productCategories" in value ? readIds<ProductCategoryId>(value.productCategories) : [],
  };
}

function readIds<Id extends number>(value: unknown): Id[] {
  if (!Array.isArray(value)) return [];
  return value.map((item) => readId<Id>(item)).filter((id) => id !== undefined);
}

function readId<Id extends number>(value: unknown): Id | undefined {
  return typeof value === "number" ? parseId<Id>(String(value)) : undefined;
}

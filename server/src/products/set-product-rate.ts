import { audit } from "#audit/audit.sql.ts";
import { panelMargin } from "#catalog/panel-margin.ts";
import { auditedRate, checkCustomRate } from "#catalog/custom-rate.ts";
import type { CustomRate } from "#catalog/custom-rate.ts";
import { findCustomer, raisePriceVersion } from "#customers/customers.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { AccountId, ProductId } from "#values/ids.ts";
import type { Amount } from "#values/money.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { productRateMax } from "./product.ts";
import { productRate } from "./product-price.ts";
import { findProductRate, putProductRate } from "./product-rates.sql.ts";
import { findProduct } from "./products.sql.ts";

export type SetProductRateRefusal =
  | { readonly code: "customer_unknown" }
  | { readonly code: "product_unknown" }
  | { readonly code: "product_rate_invalid"; readonly expected: string }
  | { readonly code: "product_rate_unknown" };

const fixedMax = { amount: productRateMax, shown: "10^11" };

/**
 * Gives a customer a price of their own for one product, or with `undefined` removes it. A customer
 * who has one sees the product where its visibility is `chosen`. Returns what one item then costs
 * them when they buy the fewest; `undefined` where it is not sold to them, because that lies below
 * the margin.
 */
export async function setProductRate(
  ctx: Context,
  actor: Actor,
  accountId: AccountId,
  productId: ProductId,
  rate: CustomRate | undefined,
): Promise<Result<Amount | undefined, SetProductRateRefusal>> {
  authorize(actor, "customers.price");
  return inTransaction(ctx, async (tx) => {
    // First, because it locks the customer's prices: concurrent changes follow each other.
    await raisePriceVersion(tx, accountId);
    const customer = await findCustomer(tx, accountId);
    if (customer === undefined) return refused({ code: "customer_unknown" });
    const product = await findProduct(tx, productId);
    if (product === undefined) return refused({ code: "product_unknown" });
    const invalid = checkCustomRate(rate, fixedMax);
    if (invalid !== undefined) return refused({ code: "product_rate_invalid", expected: invalid });
    const before = await findProductRate(tx, accountId, productId);
    if (rate === undefined && before === undefined) {
      return refused({ code: "product_rate_unknown" });
    }
    await putProductRate(tx, accountId, productId, rate);
    await audit(tx, {
      actor,
      action: rate === undefined ? "product_rate.remove" : "product_rate.set",
      subject: `customer:${accountId}`,
      before: before && { product: productId, ...auditedRate(before) },
      after: rate && { product: productId, ...auditedRate(rate) },
    });
    const terms = { discountPercent: customer.discountPercent, custom: rate };
    const margin = panelMargin(await readSettings(tx));
    return ok(productRate(product, terms, product.min, margin));
  });
}

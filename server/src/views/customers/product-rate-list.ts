import { panelMargin } from "#catalog/panel-margin.ts";
import type { Customer } from "#customers/customer.ts";
import type { Context } from "#database/context.ts";
import { productRate } from "#products/product-price.ts";
import { listProductRates } from "#products/product-rates.sql.ts";
import { listProducts } from "#products/products.sql.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { money, moneyOrNull, percent } from "#views/spelling.ts";

/**
 * A customer's own prices of products. `rate` is null where a product is not sold to them because
 * its price lies below the margin.
 */
export async function viewProductRates(ctx: Context, actor: Actor, customer: Customer) {
  authorize(actor, "customers.read");
  const { accountId, discountPercent } = customer;
  const own = await listProductRates(ctx.db, accountId);
  const margin = panelMargin(await readSettings(ctx.db));
  return (await listProducts(ctx.db)).flatMap((product) => {
    const custom = own.get(product.id);
    if (custom === undefined) return [];
    const rate = productRate(product, { discountPercent, custom }, product.min, margin);
    return [
      {
        product: product.id,
        name: product.name,
        list_rate: money(product.rate),
        fixed: custom.kind === "fixed" ? money(custom.rate) : null,
        percent: custom.kind === "percent" ? percent(custom.percent) : null,
        rate: moneyOrNull(rate),
      },
    ];
  });
}

import type { Context } from "#database/context.ts";
import type { Customer } from "#customers/customer.ts";
import { listCustomers } from "#customers/customers.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { zero } from "#values/money.ts";
import type { Amount, EffectiveRate } from "#values/money.ts";
import { listServices } from "./catalog.sql.ts";
import { listCustomRatesOf } from "./custom-rates.sql.ts";
import { panelMargin } from "./panel-margin.ts";
import { agreedRate, floorRate, priceFor } from "./price.ts";
import type { CustomerPrices, PanelMargin } from "./price.ts";
import type { Service } from "./service.ts";

/** One customer and one service whose agreed price does not leave the margin. */
export type BelowCost = {
  /** `undefined`: the list price itself, which concerns everybody without better terms. */
  readonly customer: Pick<Customer, "accountId" | "email"> | undefined;
  readonly service: Service;
  /** The price by their terms alone. */
  readonly agreed: EffectiveRate;
  readonly cost: Amount;
  readonly floor: EffectiveRate;
  /** What they pay; `undefined`: it is not sold to them. */
  readonly pays: EffectiveRate | undefined;
};

const pageSize = 500;

/**
 * Lists who buys below cost, or below the margin on it, by custom rate, discount or list price. At
 * most `limit`: the list price first, then by customer.
 */
export async function listBelowCost(ctx: Context, limit: number): Promise<BelowCost[]> {
  const margin = panelMargin(await readSettings(ctx.db));
  const services = (await listServices(ctx.db)).filter(
    ({ isEnabled, cost }) => isEnabled && cost !== undefined,
  );
  const listPrices = { discountPercent: zero, customRates: new Map(), version: 0 };
  const found = belowOf(services, listPrices, margin, undefined);
  for (let afterId = 0; found.length < limit;) {
    const customers = await listCustomers(ctx.db, pageSize, afterId);
    const last = customers.at(-1);
    if (last === undefined) break;
    afterId = last.accountId;
    const ids = customers.map(({ accountId }) => accountId);
    const rates = await listCustomRatesOf(ctx.db, ids);
    for (const customer of customers) {
      if (found.length >= limit) break;
      const { accountId, discountPercent, priceVersion: version } = customer;
      const customRates = rates.get(accountId) ?? new Map();
      // A customer who pays the list price is already covered by it.
      const theirs =
        discountPercent > 0n ? services : services.filter(({ id }) => customRates.has(id));
      const prices = { discountPercent, customRates, version };
      found.push(...belowOf(theirs, prices, margin, customer));
    }
  }
  return found.slice(0, limit);
}

function belowOf(
  services: readonly Service[],
  prices: CustomerPrices,
  margin: PanelMargin,
  customer: Customer | undefined,
): BelowCost[] {
  return services.flatMap((service) => {
    const agreed = agreedRate(service, prices);
    const floor = floorRate(service, margin);
    if (service.cost === undefined || floor === undefined || agreed >= floor) return [];
    const pays = priceFor(service, prices, margin);
    return [{ customer, service, agreed, cost: service.cost, floor, pays }];
  });
}

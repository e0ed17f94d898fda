import { listServices } from "#catalog/catalog.sql.ts";
import { listCustomRates } from "#catalog/custom-rates.sql.ts";
import { panelMargin } from "#catalog/panel-margin.ts";
import { priceFor } from "#catalog/price.ts";
import type { Customer } from "#customers/customer.ts";
import type { Context } from "#database/context.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { money, moneyOrNull, percent } from "#views/spelling.ts";

/**
 * A customer's own rates of services. `rate` is null where a service is not sold to them because
 * its price lies below the margin.
 */
export async function viewRates(ctx: Context, actor: Actor, customer: Customer) {
  authorize(actor, "customers.read");
  const { accountId, discountPercent, priceVersion } = customer;
  const customRates = await listCustomRates(ctx.db, accountId);
  const prices = { discountPercent, customRates, version: priceVersion };
  const margin = panelMargin(await readSettings(ctx.db));
  return (await listServices(ctx.db)).flatMap((service) => {
    const custom = customRates.get(service.id);
    if (custom === undefined) return [];
    return [
      {
        service: service.id,
        name: service.name,
        list_rate: money(service.rate),
        fixed: custom.kind === "fixed" ? money(custom.rate) : null,
        percent: custom.kind === "percent" ? percent(custom.percent) : null,
        rate: moneyOrNull(priceFor(service, prices, margin)),
      },
    ];
  });
}

import { listServices } from "#catalog/catalog.sql.ts";
import { listCustomRates } from "#catalog/custom-rates.sql.ts";
import { panelMargin } from "#catalog/panel-margin.ts";
import { priceFor } from "#catalog/price.ts";
import { readSettings } from "#settings/settings.ts";
import { formatAmount } from "#values/money.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { table } from "#cli/kit/output.ts";
import { customerEmail, customerOf, money } from "#cli/kit/shared.ts";

export const rateList: CliCommand = {
  name: "rate list",
  summary: "Lists a customer's own rates.",
  options: [customerEmail],
  positions: [customerEmail],
  run: async (panel, given) => {
    const open = await panel.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const { accountId, discountPercent, priceVersion } = found.value;
    const customRates = await listCustomRates(open.ctx.db, accountId);
    const prices = { discountPercent, customRates, version: priceVersion };
    const margin = panelMargin(await readSettings(open.ctx.db));
    const rates = (await listServices(open.ctx.db)).flatMap((service) => {
      const custom = customRates.get(service.id);
      if (custom === undefined) return [];
      const rate = priceFor(service, prices, margin);
      return [
        {
          service: service.id,
          name: service.name,
          list_rate: money(service.rate),
          fixed: custom.kind === "fixed" ? money(custom.rate) : null,
          percent: custom.kind === "percent" ? formatAmount(custom.percent, 0) : null,
          // Null: not sold to them, because it lies below the margin.
          rate: rate === undefined ? null : money(rate),
        },
      ];
    });
    const rows = rates.map((rate) => [
      rate.service,
      rate.name,
      rate.list_rate,
      rate.fixed ?? `${rate.percent} %`,
      rate.rate ?? "not sold",
    ]);
    return answer(
      rates,
      table(["service>", "name", "list>", "own>", "pays>"], rows, "No rates of their own."),
    );
  },
};

import { panelMargin } from "#catalog/panel-margin.ts";
import { productRate } from "#products/product-price.ts";
import { listProductRates } from "#products/product-rates.sql.ts";
import { listProducts } from "#products/products.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { formatAmount } from "#values/money.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { table } from "#cli/kit/output.ts";
import { customerEmail, customerOf, money } from "#cli/kit/shared.ts";

export const productRates: CliCommand = {
  name: "product rates",
  summary: "Lists a customer's own prices of products.",
  options: [customerEmail],
  positions: [customerEmail],
  run: async (panel, given) => {
    const open = await panel.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const { accountId, discountPercent } = found.value;
    const own = await listProductRates(open.ctx.db, accountId);
    const margin = panelMargin(await readSettings(open.ctx.db));
    const rates = (await listProducts(open.ctx.db)).flatMap((product) => {
      const custom = own.get(product.id);
      if (custom === undefined) return [];
      const rate = productRate(product, { discountPercent, custom }, product.min, margin);
      return [
        {
          product: product.id,
          name: product.name,
          list_rate: money(product.rate),
          fixed: custom.kind === "fixed" ? money(custom.rate) : null,
          percent: custom.kind === "percent" ? formatAmount(custom.percent, 0) : null,
          // Null: not sold to them, because it lies below the margin.
          rate: rate === undefined ? null : money(rate),
        },
      ];
    });
    const rows = rates.map((rate) => [
      rate.product,
      rate.name,
      rate.list_rate,
      rate.fixed ?? `${rate.percent} %`,
      rate.rate ?? "not sold",
    ]);
    return answer(
      rates,
      table(["product>", "name", "list>", "own>", "pays>"], rows, "No prices of their own."),
    );
  },
};

import { shownStock, stockWord } from "#products/product.ts";
import { listProducts } from "#products/products.sql.ts";
import type { StockedProduct } from "#products/products.sql.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { shownTime } from "#cli/kit/output.ts";
import { discountsJson, productId, productJson, typeWord } from "./product-options.ts";
import { currencyOf, money } from "#cli/kit/shared.ts";
import { inOneLine } from "#values/text.ts";

export const productShow: CliCommand = {
  name: "product show",
  summary: "Shows one product.",
  options: [productId],
  positions: [productId],
  run: async (panel, given) => {
    const open = await panel.open();
    const found = (await listProducts(open.ctx.db)).find(({ id }) => id === given(productId));
    if (found === undefined) return refuse({ code: "product_unknown" });
    return answer(productJson(found), inWords(found, await currencyOf(open)));
  },
};

function inWords(product: StockedProduct, currency: string): string {
  const { isInStock, inventory } = shownStock(product, product.free);
  const discounts = discountsJson(product).map(({ from, percent }) => `from ${from}: ${percent} %`);
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["Product", `${product.id}, ${inOneLine(product.name)}`],
    ["Category", product.category],
    ["Type", typeWord[product.type]],
    ["Price of one", `${money(product.rate)} ${currency}`],
    ["Discounts", discounts.length === 0 ? undefined : discounts.join(", ")],
    ["Items of an order", `${product.min} to ${product.max}`],
    [
      "Stock",
      `${stockWord[isInStock ? "in" : "out"]}${inventory === undefined ? "" : `, ${inventory}`}`,
    ],
    ["Low mark", product.lowMark === undefined ? undefined : String(product.lowMark)],
    ["Low since", shownTime(product.lowSince)],
    ["Part delivery", product.partDelivery ? "yes" : undefined],
    ["Asks", product.question && inOneLine(product.question)],
    ["Check", product.question === undefined ? undefined : (product.questionCheck ?? "text")],
    ["Warranty", product.warrantyDays === 0 ? undefined : `${product.warrantyDays} days`],
    ["Seen by", product.visibility],
    ["Provider", product.providerId && `${product.providerId}, ${product.providerProduct ?? ""}`],
    ["Cost", product.cost && `${money(product.cost)} ${currency}`],
    ["Description", inOneLine(product.description) || undefined],
  ];
  return lines
    .flatMap(([word, value]) => (value === undefined ? [] : [`${`${word}:`.padEnd(19)}${value}`]))
    .join("\n");
}

import { viewProduct } from "#views/products/product-list.ts";
import type { ProductRecord } from "#views/products/product-record.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { shownTime } from "#cli/kit/output.ts";
import { productId } from "./product-options.ts";
import { currencyOf } from "#cli/kit/shared.ts";
import { inOneLine } from "#values/text.ts";

export const productShow: CliCommand = {
  name: "product show",
  summary: "Shows one product.",
  options: [productId],
  positions: [productId],
  run: async (panel, given) => {
    const open = await panel.open();
    const found = await viewProduct(open.ctx, open.actor, given(productId));
    if (found === undefined) return refuse({ code: "product_unknown" });
    return answer(found, inWords(found, await currencyOf(open)));
  },
};

function inWords(product: ProductRecord, currency: string): string {
  const discounts = product.discounts.map(({ from, percent }) => `from ${from}: ${percent} %`);
  const { inventory, require: question, provider, cost } = product;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["Product", `${product.product}, ${inOneLine(product.name)}`],
    ["Category", product.category],
    ["Type", product.type],
    ["Price of one", `${product.rate} ${currency}`],
    ["Discounts", discounts.length === 0 ? undefined : discounts.join(", ")],
    ["Items of an order", `${product.min} to ${product.max}`],
    ["Stock", `${product.status}${inventory === null ? "" : `, ${inventory}`}`],
    ["Low mark", product.low_mark === null ? undefined : String(product.low_mark)],
    ["Low since", shownTime(product.low_since)],
    ["Part delivery", product.part_delivery ? "yes" : undefined],
    ["Asks", question === null ? undefined : inOneLine(question)],
    ["Check", question === null ? undefined : (product.check ?? "text")],
    ["Warranty", product.warranty_days === 0 ? undefined : `${product.warranty_days} days`],
    ["Seen by", product.visibility],
    ["Provider", provider ? `${provider}, ${product.provider_product ?? ""}` : undefined],
    ["Cost", cost ? `${cost} ${currency}` : undefined],
    ["Description", inOneLine(product.description) || undefined],
  ];
  return lines
    .flatMap(([word, value]) => (value === undefined ? [] : [`${`${word}:`.padEnd(19)}${value}`]))
    .join("\n");
}

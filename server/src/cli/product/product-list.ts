import { stockWord } from "#products/product.ts";
import { viewProducts } from "#views/products/product-list.ts";
import type { ProductRecord } from "#views/products/product-record.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag } from "#cli/kit/option.ts";
import { table } from "#cli/kit/output.ts";

const low = flag("--low", "only those whose stock is at or below its mark");

export const productList: CliCommand = {
  name: "product list",
  summary: "Lists the products with their stock.",
  options: [low],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const products = await viewProducts(ctx, actor, { isLow: given(low) });
    const rows = products.map((product) => [
      product.product,
      product.category,
      product.name,
      product.type,
      product.rate,
      `${product.min}-${product.max}`,
      stockWords(product),
      product.visibility,
    ]);
    const headers = ["product>", "category", "name", "type", "rate>", "items", "stock", "seen by"];
    const whenEmpty = given(low) ? "No stock is low." : "No products: see panel product create.";
    return answer(products, table(headers, rows, whenEmpty));
  },
};

function stockWords(product: ProductRecord): string {
  const isSupplied = typeof product.provider === "number";
  if (product.type === "Service" && !isSupplied) return "by hand";
  const isInStock = product.status === stockWord.in;
  const items = product.inventory ?? (isInStock ? "in stock" : "out of stock");
  const where = isSupplied ? ", provider" : "";
  return `${items}${where}${product.low_since === null ? "" : ", low"}`;
}

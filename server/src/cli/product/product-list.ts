import { shownStock } from "#products/product.ts";
import { listProducts } from "#products/products.sql.ts";
import type { StockedProduct } from "#products/products.sql.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag } from "#cli/kit/option.ts";
import { table } from "#cli/kit/output.ts";
import { productJson, typeWord } from "./product-options.ts";
import { money } from "#cli/kit/shared.ts";

const low = flag("--low", "only those whose stock is at or below its mark");

export const productList: CliCommand = {
  name: "product list",
  summary: "Lists the products with their stock.",
  options: [low],
  run: async (panel, given) => {
    const { ctx } = await panel.open();
    const products = (await listProducts(ctx.db)).filter(
      ({ lowSince }) => !given(low) || lowSince !== undefined,
    );
    const rows = products.map((product) => [
      product.id,
      product.category,
      product.name,
      typeWord[product.type],
      money(product.rate),
      `${product.min}-${product.max}`,
      stockWords(product),
      product.visibility,
    ]);
    const headers = ["product>", "category", "name", "type", "rate>", "items", "stock", "seen by"];
    const whenEmpty = given(low) ? "No stock is low." : "No products: see panel product create.";
    return answer(products.map(productJson), table(headers, rows, whenEmpty));
  },
};

function stockWords(product: StockedProduct): string {
  if (product.type === "service" && product.providerId === undefined) return "by hand";
  const { isInStock, inventory } = shownStock(product, product.free);
  const items = inventory === undefined ? (isInStock ? "in stock" : "out of stock") : inventory;
  const where = product.providerId === undefined ? "" : ", provider";
  return `${items}${where}${product.lowSince === undefined ? "" : ", low"}`;
}

import type { ListedCommand } from "#cli/kit/command.ts";

/** Commands about products and their stock, in the order in which help shows them. */
export const productCommands: readonly ListedCommand[] = [
  {
    name: "product create",
    summary: "Puts a digital good on sale, item by item.",
    load: async () => (await import("./product-create.ts")).productCreate,
  },
  {
    name: "product list",
    summary: "Lists the products with their stock.",
    load: async () => (await import("./product-list.ts")).productList,
  },
  {
    name: "product show",
    positions: ["id"],
    summary: "Shows one product.",
    load: async () => (await import("./product-show.ts")).productShow,
  },
  {
    name: "product set",
    positions: ["id"],
    summary: "Changes a product. Its type stays.",
    load: async () => (await import("./product-set.ts")).productSet,
  },
  {
    name: "product category",
    positions: ["name"],
    summary: "Lists the categories of products, renames one or moves it.",
    load: async () => (await import("./product-category.ts")).productCategory,
  },
  {
    name: "product discount",
    positions: ["id"],
    summary: "Sets a quantity discount of a product, or takes it away.",
    load: async () => (await import("./product-discount.ts")).productDiscount,
  },
  {
    name: "product rate",
    summary: "Gives a customer a price of their own for a product, in place of the discount.",
    load: async () => (await import("./product-rate.ts")).productRate,
  },
  {
    name: "product rates",
    positions: ["email"],
    summary: "Lists a customer's own prices of products.",
    load: async () => (await import("./product-rates.ts")).productRates,
  },
  {
    name: "product stock",
    positions: ["id", "file"],
    summary: "Shows a product's stock, brings lines in, takes lines out, shows one line.",
    load: async () => (await import("./product-stock.ts")).productStock,
  },
  {
    name: "product items",
    positions: ["id"],
    summary: "Lists the items of a product's stock, without their text.",
    load: async () => (await import("./product-items.ts")).productItems,
  },
];

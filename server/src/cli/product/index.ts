import type { CliCommand } from "#cli/kit/command.ts";
import { productCategory } from "./product-category.ts";
import { productCreate } from "./product-create.ts";
import { productDiscount } from "./product-discount.ts";
import { productItems } from "./product-items.ts";
import { productList } from "./product-list.ts";
import { productRate } from "./product-rate.ts";
import { productRates } from "./product-rates.ts";
import { productSet } from "./product-set.ts";
import { productShow } from "./product-show.ts";
import { productStock } from "./product-stock.ts";

/** Commands about products and their stock, in the order in which help shows them. */
export const productCommands: readonly CliCommand[] = [
  productCreate,
  productList,
  productShow,
  productSet,
  productCategory,
  productDiscount,
  productRate,
  productRates,
  productStock,
  productItems,
];

import type { ChangeCategoryRefusal } from "#products/change-category.ts";
import type { ChangeProductRefusal } from "#products/change-product.ts";
import type { RevealItemRefusal } from "#products/stock/reveal-item.ts";
import type { SetProductRateRefusal } from "#products/set-product-rate.ts";
import type { UploadStockRefusal } from "#products/stock/upload-stock.ts";
import type { VoidStockRefusal } from "#products/stock/void-stock.ts";

/** How staff can be refused about products and their stock. */
export type ProductDeskRefusal =
  | ChangeProductRefusal
  | ChangeCategoryRefusal
  | SetProductRateRefusal
  | UploadStockRefusal
  | VoidStockRefusal
  | RevealItemRefusal;

const lineProblems = {
  not_utf8: "is not text in UTF-8: save the file as UTF-8",
  nul: "holds a NUL character: save the file as plain text in UTF-8",
  too_long: "has more than 4000 characters",
} as const;

/** One sentence for each code. */
export function productText(
  refusal: Exclude<ProductDeskRefusal, { readonly code: "customer_unknown" }>,
): string {
  switch (refusal.code) {
    case "product_unknown":
      return "There is no such product: see panel product list.";
    case "product_name_invalid":
      return "The product's name must have 1 to 500 characters.";
    case "product_category_invalid":
      return "The category's name must have 1 to 200 characters.";
    case "product_category_unknown":
      return "There is no such category of products: see panel product category.";
    case "product_category_taken":
      return `Another category of products is named ${refusal.name}.`;
    case "product_rate_invalid":
      return `The price of an item is not possible: ${refusal.expected}.`;
    case "product_bounds_invalid":
      return `Min and max are not possible: ${refusal.expected}.`;
    case "product_discount_invalid":
      return `The quantity discount is not possible: ${refusal.expected}.`;
    case "product_terms_invalid":
      return `The product does not take that: ${refusal.expected}.`;
    case "product_rate_unknown":
      return "The customer has no price of their own for this product.";
    case "question_invalid":
      return `The question or its check is not possible: expected ${refusal.expected}.`;
    case "product_without_stock":
      return "It has no stock here: it is delivered by hand, or by a provider.";
    case "stock_empty":
      return "There is no line to read. Nothing was changed.";
    case "stock_line_invalid":
      return `Line ${refusal.line} ${lineProblems[refusal.problem]}. Nothing was changed.`;
    case "stock_too_large":
      return `It is too much at once: ${refusal.expected}. Split the file. Nothing was changed.`;
    case "item_unknown":
      return "The product has no such item: see panel product items.";
    case "item_unreadable":
      return "The panel's encryption key does not open this item: it was sealed with another one.";
  }
}

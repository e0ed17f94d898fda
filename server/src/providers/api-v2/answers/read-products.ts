import type { ListedProduct, ProductList } from "#providers/connector.ts";
import { zero } from "#values/money.ts";
import { cut, singleSpaced } from "#values/text.ts";
import { readCount as readNumber, readSum, valueOf } from "./read-amount.ts";
import { readCost } from "./read-cost.ts";
import { plainNumber } from "./read-number.ts";
import { readId } from "./read-id.ts";
import { readRows, saleNames } from "./read-list.ts";
import { field, isObject, textOf } from "./read-json.ts";
import type { Json, JsonObject } from "./read-json.ts";

const nameLengthMax = 500;
const categoryLengthMax = 200;
const questionLengthMax = 500;
const descriptionLengthMax = 20_000;
/** More of one product cannot be ordered here. */
const quantityMax = 10_000;
const inventoryMax = 2_000_000_000;

/** Reads a list of products in its deployed shapes; `undefined` where the answer is not one. */
export function readProducts(json: Json): ProductList | undefined {
  const rows = readRows(json, saleNames);
  if (rows === undefined) return undefined;
  const products: ListedProduct[] = [];
  const refused: { row: number; reason: string }[] = [];
  const seen = new Set<string>();
  for (const [index, { row, key }] of rows.entries()) {
    const read = isObject(row) ? readRow(row, key) : "is no object";
    if (typeof read === "string") refused.push({ row: index + 1, reason: read });
    else if (seen.has(read.providerProduct)) {
      refused.push({ row: index + 1, reason: "product is listed twice" });
    } else {
      seen.add(read.providerProduct);
      products.push(read);
    }
  }
  return { products, refused };
}

/** The product, or why it cannot be sold. */
function readRow(row: JsonObject, key: string | undefined): ListedProduct | string {
  const providerProduct = readId(
    field(row, "product") ?? field(row, "product_id") ?? field(row, "id") ?? key,
  );
  if (providerProduct === undefined) return "product has no number";
  const name = line(field(row, "name"), nameLengthMax);
  if (name === undefined) return "name is missing";
  const price = field(row, "rate") ?? field(row, "price");
  const rate = readCost(plainNumber(textOf(price) ?? "")) ?? valueOf(readSum(price));
  if (rate === undefined || rate <= zero) return "rate is no price";
  const min = readCount(field(row, "min")) ?? 1;
  const max = Math.min(readCount(field(row, "max")) ?? quantityMax, quantityMax);
  if (min < 1 || min > max) return "min and max do not fit";
  return {
    providerProduct,
    name,
    category: line(field(row, "category"), categoryLengthMax) ?? "Products",
    description: cut(
      textOf(field(row, "desc") ?? field(row, "description")) ?? "",
      descriptionLengthMax,
    ),
    type: /^(?:service|manual)$/i.test(textOf(field(row, "type")) ?? "") ? "service" : "auto",
    rate,
    min,
    max,
    question: line(field(row, "require"), questionLengthMax),
    inventory: readInventory(row),
  };
}

/** Where a number and a word contradict each other, the one that sells less counts. */
function readInventory(row: JsonObject): number | undefined {
  const status = textOf(field(row, "status")) ?? "";
  if (/out|sold|unavailable|disabled|inactive|^0$|^false$/i.test(status)) return 0;
  const count = readCount(field(row, "inventory") ?? field(row, "stock"));
  return count === undefined ? undefined : Math.min(count, inventoryMax);
}

function readCount(value: Json | undefined): number | undefined {
  const count = valueOf(readNumber(value));
  return count === undefined || count < 0 ? undefined : count;
}

/** One line of a stranger's words in a form that the database can store. */
function line(value: Json | undefined, lengthMax: number): string | undefined {
  const text = singleSpaced(textOf(value) ?? "");
  return text === "" || /^(?:null|false|none|0)$/i.test(text) ? undefined : cut(text, lengthMax);
}

import type { ListedProduct, ProductList } from "#providers/connector.ts";
import { zero } from "#values/money.ts";
import { readAmount } from "./read-amount.ts";
import { readId } from "./read-id.ts";
import { isList, isObject, textOf } from "./read-json.ts";
import type { Json, JsonObject } from "./read-json.ts";

const nameLengthMax = 500;
const categoryLengthMax = 200;
const questionLengthMax = 500;
const descriptionLengthMax = 20_000;
/** More of one product nobody may order here. */
const quantityMax = 10_000;
const inventoryMax = 2_000_000_000;

/** A list of products in its deployed shapes; `undefined` where the answer is none. */
export function readProducts(json: Json): ProductList | undefined {
  const rows = rowsOf(json);
  if (rows === undefined) return undefined;
  const products: ListedProduct[] = [];
  const refused: { row: number; reason: string }[] = [];
  const seen = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const read = isObject(row) ? readRow(row) : "is no object";
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

function rowsOf(json: Json): readonly Json[] | undefined {
  if (isList(json)) return json;
  if (!isObject(json)) return undefined;
  const inner = json["data"] ?? json["products"];
  return isList(inner) ? inner : undefined;
}

/** The product, or why it cannot be sold. */
function readRow(row: JsonObject): ListedProduct | string {
  const providerProduct = readId(row["product"] ?? row["product_id"] ?? row["id"]);
  if (providerProduct === undefined) return "product has no number";
  const name = line(row["name"], nameLengthMax);
  if (name === undefined) return "name is missing";
  const rate = readAmount(textOf(row["rate"] ?? row["price"]));
  if (rate === undefined || rate <= zero) return "rate is no price";
  const min = readCount(row["min"]) ?? 1;
  const max = Math.min(readCount(row["max"]) ?? quantityMax, quantityMax);
  if (min < 1 || min > max) return "min and max do not fit";
  return {
    providerProduct,
    name,
    category: line(row["category"], categoryLengthMax) ?? "Products",
    description: cleaned(row["desc"] ?? row["description"]).slice(0, descriptionLengthMax),
    type: /^(?:service|manual)$/i.test(textOf(row["type"]) ?? "") ? "service" : "auto",
    rate,
    min,
    max,
    question: line(row["require"], questionLengthMax),
    inventory: readInventory(row),
  };
}

/** Of a number and a word that contradict each other the one counts that sells less. */
function readInventory(row: JsonObject): number | undefined {
  const status = textOf(row["status"]) ?? "";
  if (/out|sold|unavailable|disabled|inactive|^0$|^false$/i.test(status)) return 0;
  const count = readCount(row["inventory"] ?? row["stock"]);
  return count === undefined ? undefined : Math.min(count, inventoryMax);
}

function readCount(value: Json | undefined): number | undefined {
  const text = textOf(value);
  if (text === undefined || !/^[0-9]{1,15}(?:\.0+)?$/.test(text)) return undefined;
  return Number(text);
}

/** One line of a stranger's words as the database can hold them. */
function line(value: Json | undefined, lengthMax: number): string | undefined {
  const text = cleaned(value)
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim();
  return text === "" || /^(?:null|false|none|0)$/i.test(text) ? undefined : cut(text, lengthMax);
}

function cleaned(value: Json | undefined): string {
  return (textOf(value) ?? "").replaceAll("\u0000", "").toWellFormed();
}

/** Without half of an emoji at the end. */
function cut(text: string, lengthMax: number): string {
  return text.slice(0, lengthMax).replace(/[\uD800-\uDBFF]$/, "");
}

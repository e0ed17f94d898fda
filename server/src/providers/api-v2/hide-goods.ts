import { mask } from "./mask-key.ts";
import { isList, isObject, readJson } from "#providers/api-v2/answers/read-json.ts";
import type { Json } from "#providers/api-v2/answers/read-json.ts";

const shownNames: ReadonlySet<string> = new Set([
  "order",
  "order_id",
  "id",
  "status",
  "charge",
  "currency",
  "remains",
  "quantity",
  "error",
  "code",
]);

/** Reduces an answer that may hold goods to where an order stands. */
export function hideGoods(text: string): string {
  const json = readJson(text);
  if (json === undefined) return `(${text.length} characters that may hold goods)`;
  return JSON.stringify(hide(json));
}

function hide(json: Json): Json {
  if (isList(json)) return json.map((each) => hide(each));
  if (!isObject(json)) return mask;
  const entries = Object.entries(json).map(([name, value]): [string, Json] => [
    /^(?:[a-z_]{1,40}|[0-9]{1,20})$/i.test(name) ? name : mask,
    shownNames.has(name.toLowerCase()) && !isObject(value) && !isList(value) ? value : hide(value),
  ]);
  return Object.fromEntries(entries);
}

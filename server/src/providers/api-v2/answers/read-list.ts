import { field, isList, isObject } from "./read-json.ts";
import type { Json, JsonObject } from "./read-json.ts";

/** One row of a list, and its key where the list is an object. */
export type ListedRow = { readonly row: Json; readonly key: string | undefined };

const wrappers = ["data", "result", "response"];
const depthMax = 3;

/** The names under which lists of services and products stand, besides the usual wrappers. */
export const saleNames = ["services", "products", "results", "list", "items"];

/**
 * The rows of a list: bare, wrapped (`data`, `result`, `response`, and the usual names for it), or
 * an object of rows by their numbers. `undefined` where an answer is not a list.
 */
export function readList(
  json: Json | undefined,
  names: readonly string[] = [],
): readonly Json[] | undefined {
  return readRows(json, names)?.map(({ row }) => row);
}

/** The same with the keys of an object's rows. */
export function readRows(
  json: Json | undefined,
  names: readonly string[] = [],
): readonly ListedRow[] | undefined {
  let layers: readonly (Json | undefined)[] = [json];
  for (let depth = 0; depth < depthMax; depth++) {
    const list = layers.find(isList);
    if (list !== undefined) return unnumbered(list);
    const objects = layers.filter(isObject);
    layers = objects.flatMap((object) =>
      [...names, ...wrappers].map((name) => field(object, name)),
    );
    const numbered = objects.find(isByNumber);
    if (numbered !== undefined) {
      return Object.entries(numbered).map(([key, row]) => ({ row, key }));
    }
  }
  const list = layers.find(isList);
  return list && unnumbered(list);
}

function unnumbered(list: readonly Json[]): ListedRow[] {
  return list.map((row) => ({ row, key: undefined }));
}

function isByNumber(object: JsonObject): boolean {
  const entries = Object.entries(object);
  return (
    entries.length > 0 &&
    entries.every(([name, row]) => isObject(row) && (/^[0-9]+$/.test(name) || isSold(row)))
  );
}

/** An entry for sale has a name and a price; it need not have a number. */
function isSold(row: JsonObject): boolean {
  return (
    field(row, "name") !== undefined && (field(row, "rate") ?? field(row, "price")) !== undefined
  );
}

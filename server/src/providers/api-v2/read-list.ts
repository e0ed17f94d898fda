import { field, isList, isObject } from "./read-json.ts";
import type { Json } from "./read-json.ts";

const wrappers = ["data", "result", "response"];
const depthMax = 3;

/**
 * The rows of a list: bare, wrapped (`data`, `result`, `response`, and under the names that are usual
 * for it), or an object of rows by their numbers. `undefined` where an answer is no list.
 */
export function readList(
  json: Json | undefined,
  names: readonly string[] = [],
): readonly Json[] | undefined {
  let layers: readonly (Json | undefined)[] = [json];
  for (let depth = 0; depth < depthMax; depth++) {
    const list = layers.find(isList);
    if (list !== undefined) return list;
    const objects = layers.filter(isObject);
    layers = objects.flatMap((object) =>
      [...names, ...wrappers].map((name) => field(object, name)),
    );
    const numbered = objects.find(isByNumber);
    if (numbered !== undefined) return Object.values(numbered);
  }
  return layers.find(isList);
}

function isByNumber(object: { readonly [name: string]: Json }): boolean {
  const entries = Object.entries(object);
  return (
    entries.length > 0 && entries.every(([name, row]) => /^[0-9]+$/.test(name) && isObject(row))
  );
}

import { isIdentifier } from "#values/text.ts";
import { textOf } from "./read-json.ts";
import type { Json } from "./read-json.ts";

const idLengthMax = 100;
const noIds: ReadonlySet<string> = new Set(["0", "null", "true", "false", "none", "error"]);

/** A text or a number that can be an id. */
export function readId(value: Json | undefined): string | undefined {
  const id = textOf(value);
  if (id === undefined || id.length > idLengthMax || id.startsWith("-")) return undefined;
  if (noIds.has(id.toLowerCase()) || /[\s,]/u.test(id) || !isIdentifier(id)) return undefined;
  return id;
}

/**
 * The id by which a provider knows an order or a refill: a word without a digit means something
 * else.
 */
export function readNumberedId(value: Json | undefined): string | undefined {
  const id = readId(value);
  return id !== undefined && /[0-9]/.test(id) ? id : undefined;
}

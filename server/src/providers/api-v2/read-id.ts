import { textOf } from "./read-json.ts";
import type { Json } from "./read-json.ts";

const idLengthMax = 100;
const noIds: ReadonlySet<string> = new Set(["0", "null", "true", "false", "none", "error"]);

/** A text or a number that can be somebody's id. */
export function readId(value: Json | undefined): string | undefined {
  const id = textOf(value);
  if (id === undefined || id.length > idLengthMax || id.startsWith("-")) return undefined;
  if (noIds.has(id.toLowerCase()) || /[\s\p{Cc},]/u.test(id)) return undefined;
  return id;
}

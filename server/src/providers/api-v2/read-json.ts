/** JSON in which every number is its own text, so that no digit of an id or an amount is lost. */
export type Json = string | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

const candidatesMax = 20;

/**
 * Reads the JSON of an answer as panels really send it: behind a byte order mark, or with warnings
 * of PHP around it. `undefined` where there is none; an HTML page never counts as one.
 */
export function readJson(text: string): Json | undefined {
  const trimmed = text.replace(/^\uFEFF+/, "").trim();
  if (trimmed === "" || /^<(?:!doctype|html|head|body|\?xml)/i.test(trimmed)) return undefined;
  const whole = parse(trimmed);
  if (whole !== undefined) return whole;
  const end = Math.max(trimmed.lastIndexOf("}"), trimmed.lastIndexOf("]")) + 1;
  let candidates = 0;
  for (const { index } of trimmed.matchAll(/[{[]/g)) {
    if (++candidates > candidatesMax || index >= end) break;
    const part = parse(trimmed.slice(index, end));
    if (part !== undefined) return part;
    // An object that does not go on to the end: two answers, or half a one, are none.
    if (/^\{\s*"/.test(trimmed.slice(index, index + 20))) break;
  }
  return undefined;
}

function parse(text: string): Json | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text, numberAsText);
  } catch {
    return undefined;
  }
  // What JSON.parse makes, after the numbers went, is nothing else.
  return isJson(parsed) ? parsed : undefined;
}

function numberAsText(_name: string, value: unknown, ...context: unknown[]): unknown {
  if (typeof value !== "number") return value;
  const [written] = context;
  const hasSource = typeof written === "object" && written !== null && "source" in written;
  return hasSource && typeof written.source === "string" ? written.source : String(value);
}

/** Only the top is looked at: below it, everything went through `numberAsText`. */
function isJson(value: unknown): value is Json {
  return value !== undefined && typeof value !== "number";
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A text that says something: no blanks around it, and not empty. */
export function textOf(value: Json | undefined): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}

import { storable } from "#values/text.ts";
import { simplified } from "./simplified.ts";

/** JSON in which every number is its own text, so that no digit of an id or an amount is lost. */
export type Json = string | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

const candidatesMax = 50;
const exponentMax = 30;
const page = /<(?:!doctype|html|head|body|script|form|\?xml)\b/i;
const isTwice = /\{\s*"|\[\s*\{/;

/**
 * Reads the JSON of an answer as panels really send it: after a byte order mark, with PHP warnings
 * or a callback around it, or as a text inside JSON. `undefined` where there is none, or more than
 * one; a web page never counts.
 */
export function readJson(text: string): Json | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const whole = parse(trimmed);
  if (typeof whole === "string" && /^\s*[{[]/.test(whole)) return parse(whole.trim()) ?? whole;
  return whole === undefined ? readInside(trimmed) : whole;
}

/** Finds the one object or list of rows in a text. */
function readInside(text: string): Json | undefined {
  let candidates = 0;
  for (const { index } of text.matchAll(/[{[]/g)) {
    if (++candidates > candidatesMax) return undefined;
    const isObjectLike = /^\{\s*"/.test(text.slice(index, index + 40));
    const end = endOf(text, index);
    const part = end === undefined ? undefined : parse(text.slice(index, end));
    if (end !== undefined && part !== undefined && isAnswer(part, text.slice(end))) {
      const [before, after] = [text.slice(0, index), text.slice(end)];
      return page.test(before) || page.test(after) || isTwice.test(after) ? undefined : part;
    }
    // Half an answer is no answer.
    if (isObjectLike) return undefined;
  }
  return undefined;
}

/** False for brackets that may belong to the words around them, such as the `[5]` of a warning. */
function isAnswer(json: Json, after: string): boolean {
  if (isObject(json)) return Object.keys(json).length > 0 || after.trim() === "";
  if (!isList(json)) return false;
  return json.length === 0 ? after.trim() === "" : json.every(isObject);
}

/** Where the object or list ends that begins at `start`. */
function endOf(text: string, start: number): number | undefined {
  let depth = 0;
  const marks = /["{}[\]]/g;
  marks.lastIndex = start;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    if (mark[0] === '"') {
      const string = /"(?:[^"\\]|\\.)*"/sy;
      string.lastIndex = mark.index;
      if (string.exec(text) === null) return undefined;
      marks.lastIndex = string.lastIndex;
    } else {
      depth += mark[0] === "{" || mark[0] === "[" ? 1 : -1;
      if (depth === 0) return mark.index + 1;
    }
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
  // `JSON.parse`, with numbers replaced, returns nothing else.
  return isJson(parsed) ? parsed : undefined;
}

function numberAsText(_name: string, value: unknown, ...context: unknown[]): unknown {
  if (typeof value !== "number") return value;
  const [written] = context;
  const hasSource = typeof written === "object" && written !== null && "source" in written;
  return wholeNumber(
    hasSource && typeof written.source === "string" ? written.source : String(value),
  );
}

/** Writes a whole number as digits: 5006.0 and 5.006e3 become 5006. Others stay as they are. */
function wholeNumber(source: string): string {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:e([+-]?[0-9]{1,3}))?$/i.exec(source);
  if (match === null || !/[.e]|^-0$/i.test(source)) return source;
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] = match;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > exponentMax) return source;
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point < 1 ? /[1-9]/.test(digits) : /[1-9]/.test(digits.slice(point))) return source;
  const number = digits
    .slice(0, Math.max(point, 0))
    .padEnd(point, "0")
    .replace(/^0+(?=.)/, "");
  return number === "" || number === "0" ? "0" : sign + number;
}

/** Only the top level is checked: everything below went through `numberAsText`. */
function isJson(value: unknown): value is Json {
  return value !== undefined && typeof value !== "number";
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A non-empty text in a form that can be stored, without blanks around it. */
export function textOf(value: Json | undefined): string | undefined {
  const text = typeof value === "string" ? storable(value).trim() : "";
  return text === "" ? undefined : text;
}

const spellings = new WeakMap<JsonObject, ReadonlyMap<string, string>>();

/**
 * The member of an object with this name, however it is spelled: `start_count`, `Start_Count`,
 * `startCount`.
 */
export function field(object: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  let known = spellings.get(object);
  if (known === undefined) {
    const entries = Object.keys(object).map((key): [string, string] => [simplified(key), key]);
    // Of two spellings the first counts.
    known = new Map(entries.toReversed());
    spellings.set(object, known);
  }
  const spelled = known.get(simplified(name));
  return spelled === undefined ? undefined : object[spelled];
}

export type Json = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Where JSON may begin behind what a broken script prints before it.
const beginningsMax = 5;

/**
 * The JSON of an answer, also behind warnings that PHP prints before it; `undefined` where there is
 * none. Whole numbers too long for a float come as text, so that two long ids do not become one.
 */
export function parseAnswer(text: string): unknown {
  const whole = parse(text);
  if (whole !== undefined) return whole;
  let tries = 0;
  for (const { index } of text.matchAll(/[{[]/g)) {
    if (tries++ === beginningsMax) return undefined;
    const rest = parse(text.slice(index));
    if (rest !== undefined) return rest;
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(/\d{16}/.test(text) ? withLongNumbersAsText(text) : text);
    return value === null ? undefined : value;
  } catch {
    return undefined;
  }
}

function withLongNumbersAsText(text: string): string {
  const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;
  return text.replace(stringOrNumber, (found) =>
    /^-?\d{16,}$/.test(found) ? `"${found}"` : found,
  );
}

/** The first of these fields that is present and not null. */
export function pick(record: Json, ...names: readonly string[]): unknown {
  for (const name of names) {
    const value = Object.hasOwn(record, name) ? record[name] : undefined;
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** A text or a number as text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : undefined;
}

/** An id; no panel has an id 0. */
export function idOf(value: unknown): number | string | undefined {
  const text = textOf(value)?.trim();
  if (text === undefined || !/^[^\s,]{1,128}$/.test(text) || /^(0+|-.*|null|NaN)$/.test(text)) {
    return undefined;
  }
  const number = Number(text);
  return Number.isSafeInteger(number) && String(number) === text ? number : text;
}

/** A whole number; `null` for anything else. */
export function countOf(value: unknown): number | null {
  const text = textOf(value)?.trim();
  if (text === undefined || !/^[+-]?\d+(\.0+)?$/.test(text)) return null;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : null;
}

const exponentMax = 60;

/** An exact decimal without exponent or separators; `null` for anything else. */
export function decimalOf(value: unknown): string | null {
  const text = textOf(value)?.trim();
  if (text === undefined) return null;
  // Separators of thousands are only sure where a point follows or two stand in a row.
  const isGrouped = /^-?\d{1,3}(,\d{3})+(\.\d+)$|^-?\d{1,3}(,\d{3}){2,}$/.test(text);
  const plain = isGrouped ? text.replace(/,/g, "") : text;
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(plain);
  if (parts === null) return null;
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] = parts;
  if (whole === "" && fraction === "") return null;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > exponentMax) return null;
  return (sign === "-" ? "-" : "") + shifted(whole, fraction, exponent);
}

/** The digits with the point moved; zeros at the end stay as they were sent. */
function shifted(whole: string, fraction: string, exponent: number): string {
  const digits = whole + fraction;
  const point = whole.length + exponent;
  const before = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "";
  const after = point < 0 ? "0".repeat(-point) + digits : digits.slice(point);
  const trimmed = before.replace(/^0+(?=\d)/, "");
  return (trimmed === "" ? "0" : trimmed) + (after === "" ? "" : `.${after}`);
}

/** Yes or no in the words that panels have for it; `null` for others. */
export function flagOf(value: unknown): boolean | null {
  const text = typeof value === "boolean" ? String(value) : textOf(value)?.trim().toLowerCase();
  if (text === undefined) return null;
  if (["true", "1", "yes"].includes(text)) return true;
  return ["false", "0", "no"].includes(text) ? false : null;
}

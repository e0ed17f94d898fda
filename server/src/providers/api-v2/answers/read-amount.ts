import { decimalFromAmount, parseAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { textOf } from "./read-json.ts";
import type { Json } from "./read-json.ts";
import { plainNumber } from "./read-number.ts";
import type { DecimalMark } from "./read-number.ts";

const decimals = 8;
const exponentMax = 30;
const pattern = /^(-?)([0-9]{0,40})(?:\.([0-9]{0,40}))?(?:e([+-]?[0-9]{1,3}))?$/i;

/** Texts that stand in place of a number and say that there is none. */
const noNumbers: ReadonlySet<string> = new Set([
  "unknown",
  "n/a",
  "na",
  "-",
  "--",
  "none",
  "null",
  "undefined",
  "?",
]);

/** Signs that stand for one currency only; `$` and `¥` stand for several. */
const bySign: Readonly<Record<string, string>> = {
  "€": "EUR",
  "£": "GBP",
  "₹": "INR",
  "₽": "RUB",
  "₺": "TRY",
  "₫": "VND",
  "₩": "KRW",
  "₴": "UAH",
  "₦": "NGN",
};

/**
 * What an answer says where a sum or a count is expected. `unread` is what was said but cannot be
 * read: it never counts as nothing.
 */
export type Reading<Value> =
  | { readonly kind: "none" }
  | { readonly kind: "read"; readonly value: Value; readonly currency?: string }
  | { readonly kind: "unread"; readonly said: string };

/**
 * Reads an amount as a provider writes it, with any number of decimals or an exponent. Rounded to
 * the nearest at 8 decimals, because panels that count in floats say 0.15700000000000003.
 * `undefined` for what is not an amount.
 */
function readAmount(text: string | undefined, mark?: DecimalMark): Amount | undefined {
  const plain = plainNumber(text?.trim() ?? "", { mark });
  const match = plain === undefined ? null : pattern.exec(plain);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponentText = "0"] = match;
  const exponent = Number(exponentText);
  if (whole + fraction === "" || Math.abs(exponent) > exponentMax) return undefined;
  const digits = BigInt(whole + fraction);
  const shift = decimals + exponent - fraction.length;
  const units = shift >= 0 ? digits * 10n ** BigInt(shift) : nearest(digits, 10n ** BigInt(-shift));
  return parseAmount(decimalFromAmount(sign === "-" ? -units : units));
}

function nearest(dividend: bigint, divisor: bigint): bigint {
  return (2n * dividend + divisor) / (2n * divisor);
}

/** A sum of money, with the currency if it stands beside the number. */
export function readSum(value: Json | undefined, mark?: DecimalMark): Reading<Amount> {
  const text = saidIn(value);
  if (text === undefined) return { kind: "none" };
  const match =
    /^(?:([A-Z]{3,5})\s*|(?:US)?(\p{Sc})\s*)?([^\p{Sc}A-Z]*(?:E[+-]?[0-9]+)?)\s*(?:([A-Z]{3,5})|(\p{Sc}))?$/u.exec(
      text,
    );
  const [, code, sign, number, codeAfter, signAfter] = match ?? [];
  const amount = readAmount(number, mark);
  if (amount === undefined) return { kind: "unread", said: text };
  const currency = code ?? codeAfter ?? bySign[sign ?? signAfter ?? ""];
  return { kind: "read", value: amount, ...(currency !== undefined && { currency }) };
}

/** A whole number that may be negative. */
export function readCount(value: Json | undefined, mark?: DecimalMark): Reading<number> {
  const text = saidIn(value);
  if (text === undefined) return { kind: "none" };
  const plain = plainNumber(text, { mark, isCount: true });
  if (plain === undefined || !/^-?[0-9]{1,16}(?:\.0*)?$/.test(plain)) {
    return { kind: "unread", said: text };
  }
  const number = Number(plain);
  return Number.isSafeInteger(number)
    ? { kind: "read", value: number + 0 }
    : { kind: "unread", said: text };
}

/** The value that was read; `undefined` where there was none, or none that can be read. */
export function valueOf<Value>(reading: Reading<Value>): Value | undefined {
  return reading.kind === "read" ? reading.value : undefined;
}

function saidIn(value: Json | undefined): string | undefined {
  if (value === undefined || value === null || typeof value === "boolean") return undefined;
  if (typeof value !== "string") return JSON.stringify(value);
  const text = textOf(value);
  return text === undefined || noNumbers.has(text.toLowerCase()) ? undefined : text;
}

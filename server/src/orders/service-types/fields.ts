import { parseLink } from "#values/link.ts";
import { parseQuantity } from "#values/quantity.ts";
import { ok, refused, type Result } from "#values/result.ts";
import { hasControlCharacters, isPrintable, isText } from "#values/text.ts";
import { listLinesMax } from "./service-type.ts";
import type { ContentRefusal, InputField, OrderedService, OrderInput } from "./service-type.ts";

/** One field that was read, or why it was not taken. */
export type Reading<Value> = Result<Value, ContentRefusal>;

/** The longest single-line text, in UTF-16 code units; as long as a link. */
const textLengthMax = 2048;

/** Nearly every type asks for a link. */
export const linkInput: InputField = {
  name: "link",
  kind: "text",
  isRequired: true,
  missing: "bad_link",
  meaning: "The page, or the name that the service asks for.",
  example: "https://example.com/page",
};

/** Types that are not counted by their list ask for a quantity. */
export const quantityInput: InputField = {
  name: "quantity",
  kind: "number",
  isRequired: true,
  missing: "quantity_required",
  meaning: "How many; of a drip-feed, how many in each run.",
  example: "100",
};

/** The customer's own comments. */
export const commentsInput: InputField = {
  name: "comments",
  kind: "lines",
  isRequired: true,
  missing: "comments_required",
  meaning: "One comment a line.",
  example: "Great\nLovely",
};

/** Who is mentioned. */
export const usernamesInput: InputField = {
  name: "usernames",
  kind: "lines",
  isRequired: true,
  meaning: "Usernames, one a line or separated by commas.",
  example: "anna\nbert",
};

/** One user; the types differ in who that is. */
export function usernameInput(meaning: string): InputField {
  return {
    name: "username",
    kind: "text",
    isRequired: true,
    missing: "username_required",
    meaning,
    example: "anna",
  };
}

/** What was sent, trimmed; `undefined` when nothing is left. */
export function readTrimmed(input: OrderInput, field: string): string | undefined {
  const text = input(field)?.trim();
  return text === "" ? undefined : text;
}

/** The link, or another field that is read like one. `bad_link` also when it is missing. */
export function readLink(input: OrderInput, field = "link"): Reading<string> {
  const link = parseLink(input(field) ?? "");
  return link === undefined ? refused({ code: "bad_link", field }) : ok(link);
}

/** A quantity within the service's bounds. */
export function readQuantity(
  input: OrderInput,
  service: OrderedService,
  field = "quantity",
): Reading<number> {
  const text = readTrimmed(input, field);
  if (text === undefined) return refused({ code: "quantity_required", field });
  const quantity = parseQuantity(text);
  if (quantity === undefined) return refused({ code: "quantity_invalid", field });
  return checkBounds(quantity, service, field);
}

/** How many lines a list has, as the quantity of an order that is counted by it. */
export function countLines(
  lines: readonly string[],
  service: OrderedService,
  field: string,
): Reading<number> {
  return checkBounds(lines.length, service, field);
}

function checkBounds(quantity: number, service: OrderedService, field: string): Reading<number> {
  const { min, max } = service;
  if (quantity < min) return refused({ code: "quantity_below_min", field, min });
  if (quantity > max) return refused({ code: "quantity_above_max", field, max });
  return ok(quantity);
}

/** A whole number from `min` to `max`. */
export function readWholeNumber(
  input: OrderInput,
  field: string,
  { min, max }: { readonly min: number; readonly max: number },
): Reading<number> {
  const text = readTrimmed(input, field);
  if (text === undefined) return refused({ code: "field_required", field });
  const value = parseQuantity(text);
  if (value === undefined || value < min || value > max) {
    return refused({ code: "field_invalid", field, expected: `${min} to ${max}` });
  }
  return ok(value);
}

/** A text of one line. */
export function readText(input: OrderInput, field: string): Reading<string> {
  const text = readTrimmed(input, field);
  if (text === undefined) return refused({ code: "field_required", field });
  if (text.length > textLengthMax || !isText(text) || hasControlCharacters(text)) {
    const expected = `one line of at most ${textLengthMax} characters`;
    return refused({ code: "field_invalid", field, expected });
  }
  return ok(text);
}

/** A calendar date as day/month/year, with the leading zeros of `d/m/Y` filled in. */
export function readOptionalDate(input: OrderInput, field: string): Reading<string | undefined> {
  const text = readTrimmed(input, field);
  if (text === undefined) return ok(undefined);
  const [, day = "", month = "", year = ""] =
    /^([0-9]{1,2})\/([0-9]{1,2})\/([0-9]{4})$/.exec(text) ?? [];
  if (Number(day) < 1 || Number(day) > daysIn(Number(month), Number(year))) {
    return refused({ code: "field_invalid", field, expected: "d/m/Y" });
  }
  return ok(`${day.padStart(2, "0")}/${month.padStart(2, "0")}/${year}`);
}

/** 0 for a month or a year that does not exist. */
function daysIn(month: number, year: number): number {
  if (year === 0) return 0;
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const february = isLeapYear ? 29 : 28;
  return [0, 31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month] ?? 0;
}

/** `username`: a bare name or the address of a profile. */
export function readUsername(input: OrderInput): Reading<string> {
  const field = "username";
  if (readTrimmed(input, field) === undefined) return refused({ code: "username_required", field });
  const text = readText(input, field);
  if (!text.ok) return text;
  const username = parseLink(text.value);
  return username === undefined
    ? refused({ code: "field_invalid", field, expected: "a name or an http address" })
    : ok(username);
}

/** `comments`, one on each line: at least one. */
export function readComments(input: OrderInput): Reading<readonly string[]> {
  const field = "comments";
  const comments = readOptionalLines(input, field);
  if (comments.ok && comments.value.length === 0) {
    return refused({ code: "comments_required", field });
  }
  return comments;
}

/** A list with one entry on each line: at least one. */
export function readLines(input: OrderInput, field: string): Reading<readonly string[]> {
  return requireEntries(readOptionalLines(input, field), field);
}

/** A list of words (usernames, hashtags, keywords), which clients separate by commas too. */
export function readWords(input: OrderInput, field: string): Reading<readonly string[]> {
  return requireEntries(readList(input, field, wordSeparators), field);
}

/** A list with one entry on each line; empty when nothing was sent. */
export function readOptionalLines(input: OrderInput, field: string): Reading<readonly string[]> {
  return readList(input, field, lineSeparators);
}

function requireEntries(
  list: Reading<readonly string[]>,
  field: string,
): Reading<readonly string[]> {
  return list.ok && list.value.length === 0 ? refused({ code: "field_required", field }) : list;
}

/** `escaped` is for clients that send the characters `\n` in place of line breaks. */
type Separators = { readonly plain: RegExp; readonly escaped: RegExp };

const lineSeparators: Separators = { plain: /[\r\n]/, escaped: /(?:\\r)?\\n/ };
const wordSeparators: Separators = { plain: /[\r\n,]/, escaped: /(?:\\r)?\\n|,/ };

function readList(
  input: OrderInput,
  field: string,
  separators: Separators,
): Reading<readonly string[]> {
  const text = input(field) ?? "";
  const separator = /[\r\n]/.test(text) ? separators.plain : separators.escaped;
  const lines = text
    .split(separator)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (lines.length > listLinesMax) {
    return refused({ code: "list_too_long", field, max: listLinesMax });
  }
  if (!isPrintable(text)) {
    return refused({ code: "field_invalid", field, expected: "lines without control characters" });
  }
  return ok(lines);
}

// Long because: the fields of a row are read side by side, each with its own reasons.
import { readCost } from "#providers/api-v2/answers/read-cost.ts";
import { field as fieldOf, isObject, readJson } from "#providers/api-v2/answers/read-json.ts";
import type { Json, JsonObject } from "#providers/api-v2/answers/read-json.ts";
import { readRows, saleNames } from "#providers/api-v2/answers/read-list.ts";
import type { ListedRow } from "#providers/api-v2/answers/read-list.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { Amount } from "#values/money.ts";
import { quantityMax } from "#values/quantity.ts";
import { mappedType, noListTerms } from "#catalog/list-terms.ts";
import type { ListTerms } from "#catalog/list-terms.ts";
import { categoryLengthMax, nameLengthMax, rateMax } from "#catalog/service.ts";
import { cut, storable } from "#values/text.ts";

/** One service as a provider lists it, safe to be sold. */
export type ListedService = {
  /** Its row in the list, counted from 1. */
  readonly row: number;
  readonly providerService: string;
  readonly name: string;
  readonly category: string;
  /** The wire name that `findTypeName` gave. */
  readonly type: string;
  /** What the provider asks for 1000 (for one order of the Package types). */
  readonly cost: Amount;
  readonly min: number;
  readonly max: number;
  readonly refill: boolean;
  readonly cancel: boolean;
  readonly dripfeed: boolean;
  /** `undefined` where the list has none. */
  readonly description: string | undefined;
};

type Doubtful = "name" | "category" | "type" | "cost" | "min" | "max";

/**
 * A row that cannot be sold as it stands, with whatever could be read of it: an operator who sells
 * it on their own terms goes on with the rest.
 */
export type UnfitService = Omit<ListedService, Doubtful> & {
  readonly [Field in Doubtful]: ListedService[Field] | undefined;
} & {
  /** Why it cannot be sold, and the first reason why its bounds or its price cannot be read. */
  readonly remark: RowRemark;
  readonly problems: Readonly<Partial<Record<"cost" | "min" | "max", string>>>;
};

/** A remark on one row: why it is not sold, or what was assumed. */
export type RowRemark = {
  readonly row: number;
  /** The provider's id of the service, if it could be read. */
  readonly service: string | undefined;
  readonly field: string;
  /** It holds no values, so that equal reasons can be counted. */
  readonly reason: string;
  /** The provider's word for a type that is not known. */
  readonly word?: string;
};

export type ServiceList = {
  readonly services: readonly ListedService[];
  /** The refused rows that have an id of their own. */
  readonly unfit: readonly UnfitService[];
  readonly refused: readonly RowRemark[];
  readonly notes: readonly RowRemark[];
};

/** Where a list came from, for the wording of a refusal. */
export type ListOrigin = "answer" | "file";

export type ServiceListRefusal =
  | { readonly code: "list_empty_file"; readonly origin: ListOrigin }
  | { readonly code: "list_empty" }
  | { readonly code: "list_html"; readonly origin: ListOrigin }
  | { readonly code: "list_not_json"; readonly origin: ListOrigin; readonly problem: string }
  | { readonly code: "list_error"; readonly origin: ListOrigin; readonly said: string }
  | { readonly code: "list_not_a_list"; readonly origin: ListOrigin };

/** How a list is read: its provider's terms, and where it came from. */
export type ListReading = { readonly terms?: ListTerms; readonly origin?: ListOrigin };

const idLengthMax = 100;
const saidLengthMax = 300;
const wordLengthMax = 100;
const categoryDefault = "Uncategorized";

/**
 * Reads the answer of a provider's `action=services` in any of its deployed forms. What cannot be
 * sold safely is left out, row by row, with its reason: nothing that costs money is guessed.
 * `findTypeName` maps a provider's spelling of a type to its wire name, where the terms do not.
 */
export function readServiceList(
  text: string,
  findTypeName: (name: string) => string | undefined,
  { terms = noListTerms, origin = "file" }: ListReading = {},
): Result<ServiceList, ServiceListRefusal> {
  const rows = findRows(text, origin);
  if (!rows.ok) return rows;
  const services: ListedService[] = [];
  const unfit: UnfitService[] = [];
  const rejected: RowRemark[] = [];
  const notes: RowRemark[] = [];
  const seen = new Set<string>();
  const typeOf = (name: string) => mappedType(terms, name, findTypeName);
  for (const [index, { row: value, key }] of rows.value.entries()) {
    const row = index + 1;
    const id = isObject(value) ? idOf(value, key) : undefined;
    const remark = (field: string, reason: string) => ({ row, service: id, field, reason });
    if (!isObject(value)) {
      rejected.push(remark("row", "is not an object"));
    } else if (id === undefined) {
      rejected.push(remark("service", "is missing or no id"));
    } else if (seen.has(id)) {
      rejected.push(remark("service", "stands in the list twice"));
    } else {
      seen.add(id);
      const noted: RowRemark[] = [];
      const read = readRow(value, { row, id }, { terms, typeOf }, (field, reason) =>
        noted.push(remark(field, reason)),
      );
      if (read.ok) {
        services.push(read.value);
        notes.push(...noted);
      } else {
        unfit.push(read.refusal);
        rejected.push(read.refusal.remark);
      }
    }
  }
  return ok({ services, unfit, refused: rejected, notes });
}

function findRows(
  text: string,
  origin: ListOrigin,
): Result<readonly ListedRow[], ServiceListRefusal> {
  const trimmed = text.trim();
  if (trimmed === "") return refused({ code: "list_empty_file", origin });
  const json = readJson(trimmed);
  if (json === undefined) {
    if (trimmed.startsWith("<")) return refused({ code: "list_html", origin });
    return refused({ code: "list_not_json", origin, problem: problemOf(trimmed) });
  }
  const rows = readRows(json, saleNames);
  if (rows !== undefined) return rows.length === 0 ? refused({ code: "list_empty" }) : ok(rows);
  if (!isObject(json)) return refused({ code: "list_not_a_list", origin });
  const named = (name: string) => fieldOf(json, name);
  if (named("data") === "Empty Data") return refused({ code: "list_empty" });
  const said = named("error") ?? named("message") ?? named("errors");
  if (said === undefined || said === null) return refused({ code: "list_not_a_list", origin });
  const words = typeof said === "string" ? said : JSON.stringify(said);
  return refused({ code: "list_error", origin, said: cut(words, saidLengthMax) });
}

/** What is wrong with a text as JSON. */
function problemOf(text: string): string {
  try {
    JSON.parse(text);
    return "it is a bare value";
  } catch (error) {
    return cut(error instanceof Error ? error.message : String(error), saidLengthMax);
  }
}

type Note = (field: string, reason: string) => void;
type Problem = { readonly field: string; readonly reason: string; readonly word?: string };
type Types = { readonly terms: ListTerms; typeOf(name: string): string | undefined };

function readRow(
  row: JsonObject,
  place: { readonly row: number; readonly id: string },
  { terms, typeOf }: Types,
  note: Note,
): Result<ListedService, UnfitService> {
  const name = readName(fieldOf(row, "name"));
  const category = readCategory(fieldOf(row, "category"), note);
  const type = readType(readText(fieldOf(row, "type")), typeOf);
  const cost = readPrice(fieldOf(row, "rate"));
  const max = readMax(fieldOf(row, "max"), terms.max, note);
  const min = readMin(fieldOf(row, "min"), { max, byDefault: terms.min }, note);
  // As panels write it: a search for other spellings in every row of a long list would take too
  // long.
  const description = row["description"] ?? row["desc"];
  const plain = {
    row: place.row,
    providerService: place.id,
    refill: readFlag(row, "refill", note),
    cancel: readFlag(row, "cancel", note),
    dripfeed: readFlag(row, "dripfeed", note),
    description: typeof description === "string" ? storable(description) : undefined,
  };
  if (name.ok && category.ok && type.ok && cost.ok && max.ok && min.ok) {
    const fields = { name: name.value, category: category.value, type: type.value };
    return ok({ ...plain, ...fields, cost: cost.value, min: min.value, max: max.value });
  }
  const parts = [name, category, type, cost, max, min];
  const problem = parts.flatMap((part) => (part.ok ? [] : [part.refusal]))[0];
  if (problem === undefined) throw new Error("a row is unfit for no reason");
  return refused({
    ...plain,
    name: valueOf(name),
    category: valueOf(category),
    type: valueOf(type),
    cost: valueOf(cost),
    min: valueOf(min),
    max: valueOf(max),
    remark: { row: place.row, service: place.id, ...problem },
    problems: {
      ...(cost.ok ? {} : { cost: `rate ${cost.refusal.reason}` }),
      ...(min.ok ? {} : { min: `min ${min.refusal.reason}` }),
      ...(max.ok ? {} : { max: `max ${max.refusal.reason}` }),
    },
  });
}

function valueOf<Value>(read: Result<Value, Problem>): Value | undefined {
  return read.ok ? read.value : undefined;
}

/** The id as text; a number counts only if it is whole. */
function idOf(row: JsonObject, key: string | undefined): string | undefined {
  const id = readText(
    fieldOf(row, "service") ?? fieldOf(row, "service_id") ?? key ?? fieldOf(row, "id"),
  ).trim();
  const whole = /^([0-9]+)\.0+$/.exec(id)?.[1] ?? id;
  const isId = whole !== "" && whole.length <= idLengthMax && !hasNul(whole);
  return isId && !/^-?[0-9]*\.[0-9]+$/.test(whole) ? whole : undefined;
}

function readText(value: Json | undefined): string {
  return typeof value === "string" ? value.toWellFormed() : "";
}

function readName(value: Json | undefined): Result<string, Problem> {
  const field = "name";
  const name = readText(value);
  if (name.trim() === "") return refused({ field, reason: "is missing" });
  if (name.length > nameLengthMax) return refused({ field, reason: "is too long" });
  if (hasNul(name)) return refused({ field, reason: "holds a character that cannot be stored" });
  return ok(name);
}

/** Some panels list the category's number instead of its name; then that is its name. */
function readCategory(value: Json | undefined, note: Note): Result<string, Problem> {
  const field = "category";
  const category = readText(value).trim();
  if (category === "") {
    note(field, `is missing: put under ${categoryDefault}`);
    return ok(categoryDefault);
  }
  if (category.length > categoryLengthMax) return refused({ field, reason: "is too long" });
  return hasNul(category)
    ? refused({ field, reason: "holds a character that cannot be stored" })
    : ok(category);
}

function readType(name: string, typeOf: Types["typeOf"]): Result<string, Problem> {
  const field = "type";
  const type = typeOf(name);
  if (type !== undefined) return ok(type);
  if (name.trim() === "") return refused({ field, reason: "is missing", word: "" });
  const word = cut(storable(name).trim(), wordLengthMax);
  return refused({ field, reason: "is not known", word });
}

function readPrice(value: Json | undefined): Result<Amount, Problem> {
  const field = "rate";
  if (value === undefined || value === null || value === "") {
    return refused({ field, reason: "is missing" });
  }
  const cost = readCost(value);
  if (cost === undefined) return refused({ field, reason: "cannot be read" });
  if (cost < 0n) return refused({ field, reason: "is negative" });
  if (cost === 0n) return refused({ field, reason: "is zero" });
  return cost > rateMax ? refused({ field, reason: "is too high" }) : ok(cost);
}

function readMax(
  value: Json | undefined,
  byDefault: number | undefined,
  note: Note,
): Result<number, Problem> {
  const field = "max";
  const max = readCount(value);
  if (max === "unreadable") return refused({ field, reason: "cannot be read" });
  if (max === "missing" || max === 0) {
    const reason = max === 0 ? "is zero" : "is missing";
    if (byDefault === undefined) return refused({ field, reason });
    note(field, `${reason}: taken as ${byDefault}`);
    return ok(byDefault);
  }
  return max > quantityMax ? refused({ field, reason: "is too large" }) : ok(max);
}

function readMin(
  value: Json | undefined,
  {
    max,
    byDefault = 1,
  }: { readonly max: Result<number, Problem>; readonly byDefault?: number | undefined },
  note: Note,
): Result<number, Problem> {
  const field = "min";
  const read = readCount(value);
  if (read === "unreadable") return refused({ field, reason: "cannot be read" });
  const isNone = read === "missing" || read === 0;
  if (isNone) note(field, `${read === 0 ? "is zero" : "is missing"}: taken as ${byDefault}`);
  const min = isNone ? byDefault : read;
  return max.ok && min > max.value ? refused({ field, reason: "is above max" }) : ok(min);
}

/** A whole number of zero or more; beyond 2^53 only the fact that it is too large is known. */
function readCount(value: Json | undefined): number | "missing" | "unreadable" {
  if (value === undefined || value === null || value === "") return "missing";
  if (typeof value !== "string") return "unreadable";
  const text = value.trim();
  if (/^[0-9]{1,40}(\.0+)?$/.test(text)) return Number(text);
  // A JSON number may be written with an exponent.
  const isWhole = /^[0-9.]+e\+?[0-9]{1,2}$/i.test(text) && Number.isInteger(Number(text));
  return isWhole ? Number(text) : "unreadable";
}

const yes: readonly unknown[] = [true, "1", "true", "yes", "on"];
const no: readonly unknown[] = [false, "0", "false", "no", "off", "", null, undefined];

/** An unreadable flag counts as no: nothing is promised that the provider may not keep. */
function readFlag(row: JsonObject, field: string, note: Note): boolean {
  const value = fieldOf(row, field);
  const word = typeof value === "string" ? value.trim().toLowerCase() : value;
  if (yes.includes(word)) return true;
  if (!no.includes(word)) note(field, "cannot be read: taken as no");
  return false;
}

/** True for the one character that PostgreSQL cannot store in a text. */
function hasNul(text: string): boolean {
  return text.includes("\u0000");
}

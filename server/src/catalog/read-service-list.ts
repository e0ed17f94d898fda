import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { Amount } from "#values/money.ts";
import { quantityMax } from "#values/quantity.ts";
import { readCost } from "#providers/api-v2/read-cost.ts";
import { categoryLengthMax, nameLengthMax, rateMax } from "./service.ts";

/** One service as a provider lists it, safe to be sold. */
export type ListedService = {
  /** Where it stands in the list, counted from 1. */
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
  /** `undefined` where the list says nothing of it. */
  readonly description: string | undefined;
};

/** A word about one row: why it is not sold, or what was taken for granted. */
export type RowRemark = {
  readonly row: number;
  /** The provider's id of the service, as far as it could be read. */
  readonly service: string | undefined;
  readonly field: string;
  /** Without values, so that equal reasons can be counted. */
  readonly reason: string;
};

export type ServiceList = {
  readonly services: readonly ListedService[];
  readonly refused: readonly RowRemark[];
  readonly notes: readonly RowRemark[];
};

export type ServiceListRefusal =
  | { readonly code: "list_empty_file" }
  | { readonly code: "list_empty" }
  | { readonly code: "list_html" }
  | { readonly code: "list_not_json"; readonly problem: string }
  | { readonly code: "list_error"; readonly said: string }
  | { readonly code: "list_not_a_list" };

type Row = Readonly<Record<string, unknown>>;

const idLengthMax = 100;
const saidLengthMax = 300;
const categoryDefault = "Uncategorized";

/**
 * Reads the answer of a provider's `action=services` in any of its deployed forms. What cannot be
 * sold safely is left out, row by row, with its reason: nothing is guessed that costs money.
 * `findTypeName` gives the wire name of a type as a provider spells it.
 */
export function readServiceList(
  text: string,
  findTypeName: (name: string) => string | undefined,
): Result<ServiceList, ServiceListRefusal> {
  const rows = findRows(text.replace(/^\uFEFF/, ""));
  if (!rows.ok) return rows;
  const services: ListedService[] = [];
  const rejected: RowRemark[] = [];
  const notes: RowRemark[] = [];
  const rowOfId = new Map<string, number>();
  for (const [index, value] of rows.value.entries()) {
    const row = index + 1;
    const id = isRow(value) ? readId(value["service"]) : undefined;
    const remark = (field: string, reason: string) => ({ row, service: id, field, reason });
    if (!isRow(value)) {
      rejected.push(remark("row", "is not an object"));
    } else if (id === undefined) {
      rejected.push(remark("service", "is missing or no id"));
    } else if (rowOfId.has(id)) {
      rejected.push(remark("service", "stands in the list twice"));
    } else {
      rowOfId.set(id, row);
      const noted: RowRemark[] = [];
      const read = readRow(value, { row, id }, findTypeName, (field, reason) =>
        noted.push(remark(field, reason)),
      );
      if (read.ok) {
        services.push(read.value);
        notes.push(...noted);
      } else {
        rejected.push(remark(read.refusal.field, read.refusal.reason));
      }
    }
  }
  return ok({ services, refused: rejected, notes });
}

function findRows(text: string): Result<readonly unknown[], ServiceListRefusal> {
  const trimmed = text.trim();
  if (trimmed === "") return refused({ code: "list_empty_file" });
  if (trimmed.startsWith("<")) return refused({ code: "list_html" });
  let parsed: unknown;
  try {
    parsed = JSON.parse(trimmed);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return refused({ code: "list_not_json", problem: problem.slice(0, saidLengthMax) });
  }
  if (isRow(parsed)) {
    const list = parsed["data"] ?? parsed["services"];
    if (list === "Empty Data") return refused({ code: "list_empty" });
    if (!Array.isArray(list)) {
      const said = parsed["error"] ?? parsed["message"] ?? parsed["errors"];
      if (said === undefined || said === null) return refused({ code: "list_not_a_list" });
      const words = typeof said === "string" ? said : JSON.stringify(said);
      return refused({ code: "list_error", said: words.slice(0, saidLengthMax) });
    }
    parsed = list;
  }
  if (!Array.isArray(parsed)) return refused({ code: "list_not_a_list" });
  return parsed.length === 0 ? refused({ code: "list_empty" }) : ok(parsed);
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Note = (field: string, reason: string) => void;
type Problem = { readonly field: string; readonly reason: string };

function readRow(
  row: Row,
  place: { readonly row: number; readonly id: string },
  findTypeName: (name: string) => string | undefined,
  note: Note,
): Result<ListedService, Problem> {
  const name = readText(row["name"]);
  if (name.trim() === "") return refused({ field: "name", reason: "is missing" });
  if (name.length > nameLengthMax) return refused({ field: "name", reason: "is too long" });
  const category = readCategory(row["category"], note);
  if (category.length > categoryLengthMax) {
    return refused({ field: "category", reason: "is too long" });
  }
  if (hasNul(name) || hasNul(category)) {
    return refused({ field: "name", reason: "holds a character that cannot be stored" });
  }
  const typeName = readText(row["type"]);
  if (typeName.trim() === "") return refused({ field: "type", reason: "is missing" });
  const type = findTypeName(typeName);
  if (type === undefined) return refused({ field: "type", reason: "is not known" });

  const cost = readPrice(row["rate"]);
  if (!cost.ok) return cost;
  const bounds = readBounds(row["min"], row["max"], note);
  if (!bounds.ok) return bounds;
  const description = row["description"] ?? row["desc"];
  return ok({
    row: place.row,
    providerService: place.id,
    name,
    category,
    type,
    cost: cost.value,
    ...bounds.value,
    refill: readFlag(row, "refill", note),
    cancel: readFlag(row, "cancel", note),
    dripfeed: readFlag(row, "dripfeed", note),
    description: typeof description === "string" ? withoutNul(description) : undefined,
  });
}

/** The id as text; numbers that JSON has already rounded are none. */
function readId(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : undefined;
  if (typeof value !== "string") return undefined;
  const id = value.trim();
  return id === "" || id.length > idLengthMax || hasNul(id) ? undefined : id.toWellFormed();
}

function readText(value: unknown): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value.toWellFormed() : "";
}

/** Some panels list the category's number in place of its name: that is then its name. */
function readCategory(value: unknown, note: Note): string {
  const category = readText(value).trim();
  if (category !== "") return category;
  note("category", `is missing: put under ${categoryDefault}`);
  return categoryDefault;
}

function readPrice(value: unknown): Result<Amount, Problem> {
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

function readBounds(
  minValue: unknown,
  maxValue: unknown,
  note: Note,
): Result<{ min: number; max: number }, Problem> {
  const max = readCount(maxValue);
  if (max === "missing") return refused({ field: "max", reason: "is missing" });
  if (max === "unreadable") return refused({ field: "max", reason: "cannot be read" });
  if (max === 0) return refused({ field: "max", reason: "is zero" });
  if (max > quantityMax) return refused({ field: "max", reason: "is too large" });
  const min = readCount(minValue);
  if (min === "unreadable") return refused({ field: "min", reason: "cannot be read" });
  if (min === "missing" || min === 0) {
    note("min", min === 0 ? "is zero: taken as 1" : "is missing: taken as 1");
    return ok({ min: 1, max });
  }
  return min > max ? refused({ field: "min", reason: "is above max" }) : ok({ min, max });
}

/** A whole number of zero or more; beyond 2^53 it is only known to be too large. */
function readCount(value: unknown): number | "missing" | "unreadable" {
  if (value === undefined || value === null || value === "") return "missing";
  if (typeof value === "number") {
    return Number.isInteger(value) && value >= 0 ? value : "unreadable";
  }
  if (typeof value !== "string" || !/^[0-9]{1,40}(\.0+)?$/.test(value.trim())) return "unreadable";
  return Number(value);
}

const yes: readonly unknown[] = [true, 1, "1", "true", "yes", "on"];
const no: readonly unknown[] = [false, 0, "0", "false", "no", "off", "", null, undefined];

/** What cannot be read is a no: nothing is promised that the provider may not keep. */
function readFlag(row: Row, field: string, note: Note): boolean {
  const value = row[field];
  const word = typeof value === "string" ? value.trim().toLowerCase() : value;
  if (yes.includes(word)) return true;
  if (!no.includes(word)) note(field, "cannot be read: taken as no");
  return false;
}

/** True for the one character that PostgreSQL keeps in no text. */
function hasNul(text: string): boolean {
  return text.includes("\u0000");
}

function withoutNul(text: string): string {
  return text.replaceAll("\u0000", "").toWellFormed();
}

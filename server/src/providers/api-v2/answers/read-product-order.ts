import { parseOrderStatus } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";
import type { ProductOrderStatus } from "#values/product-order-status.ts";
import type { ProviderProductState } from "#providers/connector.ts";
import { cut, singleSpaced } from "#values/text.ts";
import { readCount, readSum, valueOf } from "./read-amount.ts";
import { errorText, readError } from "./read-error.ts";
import { field, isList, isObject, textOf } from "./read-json.ts";
import type { Json, JsonObject } from "./read-json.ts";
import { readList } from "./read-list.ts";
import { named, rowsById, unreadOf } from "./read-order.ts";
import { simplified } from "./simplified.ts";
import type { ApiV2Settings } from "./settings.ts";

const noteLengthMax = 500;
const wordLengthMax = 100;

/**
 * The states in an answer to `product_order_status`: an object by id, a list of rows, or the bare
 * state of the only order asked for. An order that is missing is left out.
 */
export function readProductStates(
  json: Json,
  asked: readonly string[],
  settings: ApiV2Settings,
): Map<string, ProviderProductState> {
  const states = new Map<string, ProviderProductState>();
  const isRow = (row: JsonObject) => textOf(named(row, "status", settings)) !== undefined;
  const rows = rowsById(json, asked, settings, isRow);
  for (const id of asked) {
    const row = rows.get(id);
    if (row !== undefined) states.set(id, readState(row, settings));
  }
  return states;
}

/** The items in an answer to `result_product`; `undefined` where it does not list them. */
export function readItems(json: Json): readonly string[] | undefined {
  const list = readList(json);
  if (list === undefined) return undefined;
  const items = list.map(readText);
  return items.every((item) => item !== undefined) && items.length > 0 ? items : undefined;
}

function readState(row: Json, settings: ApiV2Settings): ProviderProductState {
  if (typeof row === "string") {
    const reason = errorText(row);
    return reason === undefined ? { kind: "unread" } : { kind: "missing", reason };
  }
  if (!isObject(row)) return { kind: "unread" };
  const reason = readError(row, { isBareFailure: false, httpStatus: 200 });
  if (reason !== undefined) return { kind: "missing", reason };
  const word = textOf(named(row, "status", settings));
  if (word === undefined) return { kind: "unread" };
  const mark = settings.decimal_mark;
  const charge = readSum(named(row, "charge", settings, ["price"]), mark);
  const remains = readCount(named(row, "remains", settings, ["remain"]), mark);
  const currency =
    textOf(named(row, "currency", settings)) ??
    (charge.kind === "read" ? charge.currency : undefined);
  const unread = unreadOf({ charge, remains });
  return {
    kind: "state",
    word: cut(singleSpaced(word), wordLengthMax),
    status: readStatus(word, settings),
    charge: valueOf(charge),
    ...(currency !== undefined && { currency: cut(currency.toUpperCase(), wordLengthMax) }),
    ...(unread !== undefined && { unread }),
    remains: atLeastZero(valueOf(remains)),
    note: cut(singleSpaced(textOf(field(row, "note")) ?? ""), noteLengthMax) || undefined,
    result: readResult(field(row, "result")),
  };
}

const spellings: Readonly<Record<string, OrderStatus>> = {
  inprogress: "in_progress",
  complete: "completed",
  cancelled: "canceled",
};

function readStatus(word: string, settings: ApiV2Settings): ProductOrderStatus | undefined {
  const simple = simplified(word);
  const { status_words: set } = settings;
  const status =
    (Object.hasOwn(set, simple) ? set[simple] : undefined) ??
    parseOrderStatus(word) ??
    (Object.hasOwn(spellings, simple) ? spellings[simple] : undefined);
  return status === "processing" ? "in_progress" : status;
}

function readResult(value: Json | undefined): string | readonly string[] | undefined {
  if (isList(value)) return readItems(value);
  return readText(value);
}

/** Goods are kept as they came, including blanks. */
function readText(value: Json | undefined): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.toWellFormed() : undefined;
}

function atLeastZero(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 ? value : undefined;
}

import { parseOrderStatus } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { zero } from "#values/money.ts";
import type { ProductOrderStatus } from "#values/product-order-status.ts";
import type { ProviderProductState } from "#providers/connector.ts";
import { readAmount } from "./read-amount.ts";
import { errorText, readError } from "./read-error.ts";
import { isList, isObject, textOf } from "./read-json.ts";
import type { Json, JsonObject } from "./read-json.ts";
import { named, rowsById } from "./read-order.ts";
import { simplified } from "./settings.ts";
import type { ApiV2Settings } from "./settings.ts";

const noteLengthMax = 500;
const wordLengthMax = 100;

/**
 * The states in an answer to `product_order_status`: an object by id, a list of rows, or the bare
 * state of the only order that was asked for. What is not in it, or cannot be read, is left out.
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
    const state = readState(rows.get(id), settings);
    if (state !== undefined) states.set(id, state);
  }
  return states;
}

/** The items in an answer to `result_product`; `undefined` where it does not list them. */
export function readItems(json: Json): readonly string[] | undefined {
  const list = isObject(json) ? (json["result"] ?? json["data"]) : json;
  if (!isList(list)) return undefined;
  const items = list.map(readText);
  return items.every((item) => item !== undefined) && items.length > 0 ? items : undefined;
}

function readState(
  row: Json | undefined,
  settings: ApiV2Settings,
): ProviderProductState | undefined {
  if (typeof row === "string") {
    const reason = errorText(row);
    return reason === undefined ? undefined : { kind: "missing", reason };
  }
  if (!isObject(row)) return undefined;
  const reason = readError(row, { isBareFailure: false, httpStatus: 200 });
  if (reason !== undefined) return { kind: "missing", reason };
  const word = textOf(named(row, "status", settings));
  if (word === undefined) return undefined;
  const charge = readAmount(textOf(named(row, "charge", settings, ["price"])));
  return {
    kind: "state",
    word: clean(word).slice(0, wordLengthMax),
    status: readStatus(word, settings),
    charge: charge !== undefined && charge < zero ? undefined : charge,
    remains: readCount(named(row, "remains", settings, ["remain"])),
    note: clean(textOf(row["note"]) ?? "").slice(0, noteLengthMax) || undefined,
    result: readResult(row["result"]),
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

/** Goods are kept as they came, blanks and all. */
function readText(value: Json | undefined): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.toWellFormed() : undefined;
}

function readCount(value: Json | undefined): number | undefined {
  const text = textOf(value);
  return text !== undefined && /^[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
}

function clean(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, " ").toWellFormed();
}

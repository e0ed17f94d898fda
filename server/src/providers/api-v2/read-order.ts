import { parseOrderStatus } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";
import type { ProviderOrderState } from "#providers/connector.ts";
import { readAmount } from "./read-amount.ts";
import { errorText, readError } from "./read-error.ts";
import { readId } from "./read-id.ts";
import { isList, isObject, textOf } from "./read-json.ts";
import type { Json, JsonObject } from "./read-json.ts";
import { readSubscription } from "./read-subscription.ts";
import { simplified } from "./settings.ts";
import type { ApiV2Settings } from "./settings.ts";

const wrappers = ["data", "result", "response", "orders", "order"] as const;

/** What an answer has under one of the names that are usual for it; the settings' name comes first. */
export function named(
  answer: JsonObject,
  name: string,
  settings: ApiV2Settings,
  others: readonly string[] = [],
): Json | undefined {
  for (const each of [settings.answer_names[name] ?? name, ...others]) {
    const value = answer[each];
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** The number of the order that `add` made, in every deployed shape of its answer. */
export function readOrderId(json: Json | undefined, settings: ApiV2Settings): string | undefined {
  const answer = isList(json) && json.length === 1 ? json[0] : json;
  if (!isObject(answer)) return undefined;
  const own = idIn(answer, settings);
  if (own !== undefined) return own;
  for (const name of wrappers) {
    const inner = answer[name];
    const row = isList(inner) && inner.length === 1 ? inner[0] : inner;
    if (isObject(row)) {
      const id = idIn(row, settings) ?? readId(row["id"]);
      if (id !== undefined) return id;
    }
  }
  // {"status":"success","data":23501}
  return readNumber(answer["data"]);
}

function idIn(answer: JsonObject, settings: ApiV2Settings): string | undefined {
  return readId(named(answer, "order", settings, ["order_id", "orderId", "orderID"]));
}

function readNumber(value: Json | undefined): string | undefined {
  const id = readId(value);
  return id !== undefined && /^[0-9]+$/.test(id) ? id : undefined;
}

/**
 * The states in an answer to `status`: an object by id, a list of rows, or the bare state of the only
 * order that was asked for. What is not in it, or cannot be read, is left out.
 */
export function readStates(
  json: Json,
  asked: readonly string[],
  settings: ApiV2Settings,
): Map<string, ProviderOrderState> {
  const states = new Map<string, ProviderOrderState>();
  const rows = rowsById(json, asked, settings, (row) => isState(row, settings));
  for (const id of asked) {
    const state = readState(rows.get(id), settings);
    if (state !== undefined) states.set(id, state);
  }
  return states;
}

/** Rows of an answer by the id that they are for, in all deployed shapes of a batch. */
export function rowsById(
  json: Json,
  asked: readonly string[],
  settings: ApiV2Settings,
  isRow: (row: JsonObject) => boolean,
): Map<string, Json> {
  const rows = new Map<string, Json>();
  const [only] = asked.length === 1 ? asked : [];
  for (const layer of layersOf(json)) {
    if (isList(layer)) {
      for (const row of layer) {
        if (!isObject(row)) continue;
        const id = readId(named(row, "order", settings, ["order_id", "id"])) ?? only;
        if (id !== undefined && asked.includes(id)) rows.set(id, row);
      }
    } else if (isObject(layer)) {
      for (const id of asked) {
        const row = layer[id];
        if (row !== undefined) rows.set(id, row);
      }
      if (rows.size === 0 && only !== undefined && isRow(layer)) rows.set(only, layer);
    }
    if (rows.size > 0) return rows;
  }
  return rows;
}

/** The answer, and what it is wrapped around. */
function layersOf(json: Json): Json[] {
  if (!isObject(json)) return [json];
  const inner = wrappers.map((name) => json[name]);
  return [json, ...inner.filter((value) => isObject(value) || isList(value))];
}

function isState(row: JsonObject, settings: ApiV2Settings): boolean {
  const status = named(row, "status", settings);
  if (typeof status !== "string" || /^(?:success|ok|true|\d+)$/i.test(status.trim())) return false;
  return true;
}

function readState(row: Json | undefined, settings: ApiV2Settings): ProviderOrderState | undefined {
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
  const subscription = readSubscription(row, word);
  const quantity = readInteger(named(row, "quantity", settings));
  return {
    kind: "state",
    word,
    status: readStatus(word, settings),
    startCount: atLeastZero(
      readInteger(named(row, "start_count", settings, ["start_counter", "startCount"])),
    ),
    remains: readInteger(named(row, "remains", settings, ["remain"])),
    charge: charge !== undefined && charge < 0n ? undefined : charge,
    ...(quantity !== undefined && quantity > 0 && { quantity }),
    ...(subscription !== undefined && { subscription }),
  };
}

/** Other spellings of the six words; everything else means nothing until an operator says what. */
const spellings: Readonly<Record<string, OrderStatus>> = {
  pending: "pending",
  processing: "processing",
  inprogress: "in_progress",
  completed: "completed",
  complete: "completed",
  partial: "partial",
  canceled: "canceled",
  cancelled: "canceled",
};

function readStatus(word: string, settings: ApiV2Settings): OrderStatus | undefined {
  const simple = simplified(word);
  const { status_words: set } = settings;
  if (Object.hasOwn(set, simple)) return set[simple];
  return (
    parseOrderStatus(word) ?? (Object.hasOwn(spellings, simple) ? spellings[simple] : undefined)
  );
}

/** A whole number that may be negative; `Unknown`, null and fractions are none. */
function readInteger(value: Json | undefined): number | undefined {
  const text = textOf(value);
  if (text === undefined || !/^-?[0-9]{1,16}(?:\.0+)?$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}

function atLeastZero(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 ? value : undefined;
}

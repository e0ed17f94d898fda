import { parseOrderStatus } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";
import type { ProviderOrderState } from "#providers/connector.ts";
import { cut } from "#values/text.ts";
import { readCount, readSum, valueOf } from "./read-amount.ts";
import type { Reading } from "./read-amount.ts";
import { errorText, readError } from "./read-error.ts";
import { readId, readNumberedId } from "./read-id.ts";
import { field, isList, isObject, textOf } from "./read-json.ts";
import type { Json, JsonObject } from "./read-json.ts";
import { readSubscription } from "./read-subscription.ts";
import { simplified } from "./simplified.ts";
import type { ApiV2Settings } from "./settings.ts";

const wrappers = ["data", "result", "response", "orders", "order"] as const;

/** What an answer has under one of the usual names; the name from the settings comes first. */
export function named(
  answer: JsonObject,
  name: string,
  settings: ApiV2Settings,
  others: readonly string[] = [],
): Json | undefined {
  for (const each of [settings.answer_names[name] ?? name, ...others]) {
    const value = field(answer, each);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** Reads the number of the order that `add` made, in every deployed shape of its answer. */
export function readOrderId(json: Json | undefined, settings: ApiV2Settings): string | undefined {
  const answer = isList(json) && json.length === 1 ? json[0] : json;
  if (settings.bare_numbers && typeof answer === "string") return readNumber(answer);
  if (!isObject(answer)) return undefined;
  const own = idIn(answer, settings);
  if (own !== undefined) return own;
  for (const name of wrappers) {
    const inner = field(answer, name);
    const row = isList(inner) && inner.length === 1 ? inner[0] : inner;
    if (isObject(row)) {
      const id = idIn(row, settings) ?? readNumberedId(field(row, "id"));
      if (id !== undefined) return id;
    }
  }
  // {"status":"success","data":23501}
  return readNumber(field(answer, "data"));
}

function idIn(answer: JsonObject, settings: ApiV2Settings): string | undefined {
  return readNumberedId(named(answer, "order", settings, ["order_id", "orderId", "orderID"]));
}

function readNumber(value: Json | undefined): string | undefined {
  const id = readId(value);
  return id !== undefined && /^[0-9]+$/.test(id) ? id : undefined;
}

/**
 * Reads the states in an answer to `status`: an object by id, a list of rows, or the bare state of
 * the only order asked for. An order that is missing is left out; one whose entry says nothing
 * readable is `unread`.
 */
export function readStates(
  json: Json,
  asked: readonly string[],
  settings: ApiV2Settings,
): Map<string, ProviderOrderState> {
  const states = new Map<string, ProviderOrderState>();
  const rows = rowsById(json, asked, settings, (row) => isState(row, settings));
  for (const id of asked) {
    const row = rows.get(id);
    if (row !== undefined) states.set(id, readState(row, settings));
  }
  return states;
}

/**
 * Rows of an answer by the id they are for, in all deployed shapes of a batch. `isRow` says what
 * may be the bare row of the only id; of several nested ones it is the innermost.
 */
export function rowsById(
  json: Json,
  asked: readonly string[],
  settings: ApiV2Settings,
  isRow: (row: JsonObject) => boolean,
): Map<string, Json> {
  const rows = new Map<string, Json>();
  const [only] = asked.length === 1 ? asked : [];
  const layers = layersOf(json);
  for (const layer of layers) {
    if (isList(layer)) {
      for (const row of layer) {
        if (!isObject(row)) continue;
        const said = readId(named(row, "order", settings, ["order_id", "id"]));
        const id = said ?? (layer.length === 1 ? only : undefined);
        if (id !== undefined && asked.includes(id)) rows.set(id, row);
      }
    } else if (isObject(layer)) {
      for (const id of asked) {
        if (Object.hasOwn(layer, id)) rows.set(id, layer[id] ?? null);
      }
    }
    if (rows.size > 0) return rows;
  }
  const bare = layers.findLast((layer) => isObject(layer) && isRow(layer));
  if (only !== undefined && bare !== undefined) rows.set(only, bare);
  return rows;
}

const depthMax = 3;

/** The answer and everything it wraps, from the outside inward. */
export function layersOf(json: Json): Json[] {
  const layers: Json[] = [];
  let next: Json[] = [json];
  for (let depth = 0; depth < depthMax && next.length > 0; depth++) {
    layers.push(...next);
    next = next.filter(isObject).flatMap(innerOf);
  }
  return layers;
}

function innerOf(json: JsonObject): Json[] {
  const inner = wrappers.map((name) => field(json, name));
  return inner.filter((value) => isObject(value) || isList(value));
}

/**
 * True for a row that has a status, or fields that only a state has. A word that nobody mapped and
 * that may be about the request itself, such as `success` or 200, does not count.
 */
function isState(row: JsonObject, settings: ApiV2Settings): boolean {
  if (ownNames.some((name) => named(row, name, settings) !== undefined)) return true;
  const word = textOf(named(row, "status", settings));
  if (word === undefined) return false;
  return readStatus(word, settings) !== undefined || !ofRequest.test(word);
}

const ofRequest = /^(?:success|ok|true|100|200)$/i;

const ownNames = ["charge", "remains", "start_count"];

function readState(row: Json, settings: ApiV2Settings): ProviderOrderState {
  if (typeof row === "string") return readWord(row, settings);
  if (!isObject(row)) return { kind: "unread", said: shown(row) };
  const reason = readError(row, { isBareFailure: false, httpStatus: 200 });
  if (reason !== undefined) return { kind: "missing", reason };
  const word = textOf(named(row, "status", settings));
  if (word === undefined) return { kind: "unread", said: shown(row) };
  const mark = settings.decimal_mark;
  const charge = readSum(named(row, "charge", settings, ["price"]), mark);
  const startCount = readCount(named(row, "start_count", settings, ["start_counter"]), mark);
  const remains = readCount(named(row, "remains", settings, ["remain"]), mark);
  const subscription = readSubscription(row, word);
  const quantity = valueOf(readCount(named(row, "quantity", settings), mark));
  const currency =
    textOf(named(row, "currency", settings)) ??
    (charge.kind === "read" ? charge.currency : undefined);
  const unread = unreadOf({ charge, start_count: startCount, remains });
  return {
    kind: "state",
    word,
    status: readStatus(word, settings),
    startCount: atLeastZero(valueOf(startCount)),
    remains: valueOf(remains),
    charge: valueOf(charge),
    ...(currency !== undefined && { currency: cut(currency.toUpperCase(), currencyLengthMax) }),
    ...(quantity !== undefined && quantity > 0 && { quantity }),
    ...(unread !== undefined && { unread }),
    ...(subscription !== undefined && { subscription }),
  };
}

/** `"12":"Completed"`, or an error in the same place. */
function readWord(text: string, settings: ApiV2Settings): ProviderOrderState {
  const word = text.trim();
  const status = readStatus(word, settings);
  const reason = errorText(word);
  if (status === undefined && reason === undefined) return { kind: "unread", said: shown(text) };
  if (status === undefined && reason !== undefined && !/^[0-9]+$/.test(word)) {
    return { kind: "missing", reason };
  }
  const nothing = { startCount: undefined, remains: undefined, charge: undefined };
  return { kind: "state", word, status, ...nothing };
}

const saidLengthMax = 200;
const currencyLengthMax = 10;

function shown(json: Json): string {
  return cut(JSON.stringify(json), saidLengthMax);
}

/** What was said under these names and cannot be read; `undefined` where everything can. */
export function unreadOf(
  readings: Readonly<Record<string, Reading<unknown>>>,
): Readonly<Record<string, string>> | undefined {
  if (!Object.values(readings).some(({ kind }) => kind === "unread")) return undefined;
  const unread = Object.entries(readings).flatMap(([name, reading]): [string, string][] =>
    reading.kind === "unread" ? [[name, cut(reading.said, saidLengthMax)]] : [],
  );
  return Object.fromEntries(unread);
}

/** Other spellings of the six words; any other word means nothing until an operator maps it. */
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

function atLeastZero(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 ? value : undefined;
}

import type { ProviderRefillState, RefillOutcome } from "#providers/connector.ts";
import { cut } from "#values/text.ts";
import { errorText } from "./read-error.ts";
import { field, isObject, textOf } from "./read-json.ts";
import type { Json, JsonObject } from "./read-json.ts";
import { readNumberedId } from "./read-id.ts";
import { named, rowsById } from "./read-order.ts";
import { readRefillWord } from "./refill-words.ts";
import { simplified } from "./simplified.ts";
import type { ApiV2Settings } from "./settings.ts";

const successes: ReadonlySet<string> = new Set(["success", "ok", "true", "200", "100", "1"]);

/** True where an answer says in words that the request was carried out. */
export function saysSuccess(row: JsonObject): boolean {
  const success = field(row, "success");
  if (textOf(success) !== undefined || success === true) return true;
  const status = field(row, "status");
  return status === true || (typeof status === "string" && successes.has(status.toLowerCase()));
}

/** What `refill` of one order answered. */
export function readRefill(
  json: Json,
  order: string,
  settings: ApiV2Settings,
): RefillOutcome | undefined {
  const idOf = (row: JsonObject) => named(row, "refill", settings, ["refill_id"]);
  if (settings.bare_numbers && typeof json === "string") {
    const providerRefill = readNumberedId(json);
    return providerRefill === undefined ? undefined : { kind: "taken", providerRefill };
  }
  const isRow = (row: JsonObject) =>
    idOf(row) !== undefined || field(row, "error") !== undefined || saysSuccess(row);
  const row = rowsById(json, [order], settings, isRow).get(order);
  if (!isObject(row)) return undefined;
  const refill = idOf(row);
  if (isObject(refill)) {
    const reason = errorText(refill);
    return reason === undefined ? undefined : { kind: "refused", reason };
  }
  const reason = errorText(field(row, "error"));
  if (reason !== undefined) return { kind: "refused", reason };
  const providerRefill = readNumberedId(refill);
  const isDone = saysSuccess(row) || successes.has(textOf(refill)?.toLowerCase() ?? "");
  if (providerRefill === undefined && !isDone) return undefined;
  return { kind: "taken", providerRefill };
}

/** Reads the states in an answer to `refill_status`. A refill that is missing is left out. */
export function readRefillStates(
  json: Json,
  asked: readonly string[],
  settings: ApiV2Settings,
): Map<string, ProviderRefillState> {
  const states = new Map<string, ProviderRefillState>();
  // Rows here name the refill where rows of orders name the order.
  const names = { ...settings.answer_names, order: settings.answer_names["refill"] ?? "refill" };
  const ofRefills = { ...settings, answer_names: names };
  const rows = rowsById(json, asked, ofRefills, (row) => isState(row, settings));
  for (const id of asked) {
    const row = rows.get(id);
    if (row !== undefined) states.set(id, readState(row, settings));
  }
  return states;
}

/** Next to a message, `success` is about the request. */
function isState(row: JsonObject, settings: ApiV2Settings): boolean {
  const status = named(row, "status", settings);
  if (status === undefined) return false;
  const isRequests = /^(?:success|ok|true|200)$/i.test(textOf(status) ?? "");
  return !isRequests || field(row, "message") === undefined;
}

function readState(row: Json, settings: ApiV2Settings): ProviderRefillState {
  const said = isObject(row) ? named(row, "status", settings) : row;
  const reason = isObject(said)
    ? errorText(said)
    : isObject(row)
      ? errorText(field(row, "error"))
      : undefined;
  if (reason !== undefined) return { kind: "missing", reason };
  const word = textOf(said);
  if (word === undefined) {
    return { kind: "unread", said: cut(JSON.stringify(row), saidLengthMax) };
  }
  return { kind: "state", status: readStatus(word, settings), word };
}

const saidLengthMax = 200;

function readStatus(
  word: string,
  { refill_words: set }: ApiV2Settings,
): Extract<ProviderRefillState, { kind: "state" }>["status"] {
  const simple = simplified(word);
  return Object.hasOwn(set, simple) ? set[simple] : readRefillWord(word);
}

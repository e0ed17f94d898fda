import type { CancelOutcome } from "#providers/connector.ts";
import { errorText } from "./read-error.ts";
import { field, isList, isObject, textOf } from "./read-json.ts";
import type { Json, JsonObject } from "./read-json.ts";
import { readId } from "./read-id.ts";
import { named, rowsById } from "./read-order.ts";
import { saysSuccess } from "./read-refill.ts";
import type { ApiV2Settings } from "./settings.ts";

/** What `cancel` of one order answered; `undefined` where it says neither yes nor no. */
export function readCancel(
  json: Json,
  order: string,
  settings: ApiV2Settings,
): CancelOutcome | undefined {
  if (isObject(json)) {
    const canceled = field(json, "canceled") ?? field(json, "cancelled");
    if (isList(canceled) && canceled.some((id) => readId(id) === order)) return { kind: "taken" };
  }
  const isRow = (each: JsonObject) =>
    named(each, "cancel", settings) !== undefined ||
    field(each, "error") !== undefined ||
    saysSuccess(each);
  const row = rowsById(json, [order], settings, isRow).get(order);
  if (typeof row === "string") {
    const reason = errorText(row);
    return reason === undefined ? undefined : { kind: "refused", reason };
  }
  if (!isObject(row)) return undefined;
  const cancel = named(row, "cancel", settings);
  const reason =
    errorText(field(row, "error")) ?? (isObject(cancel) ? errorText(cancel) : undefined);
  if (reason !== undefined) return { kind: "refused", reason };
  const word = textOf(cancel)?.toLowerCase();
  if (cancel === false || word === "0" || word === "false") {
    return { kind: "refused", reason: "it answered that it does not cancel the order" };
  }
  if (cancel === true || word !== undefined || saysSuccess(row)) return { kind: "taken" };
  return undefined;
}

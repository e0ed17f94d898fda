import type { ProviderRefillState, RefillOutcome } from "#providers/connector.ts";
import { errorText } from "./read-error.ts";
import { isObject, textOf } from "./read-json.ts";
import type { Json } from "./read-json.ts";
import { readId } from "./read-id.ts";
import { named, rowsById } from "./read-order.ts";
import { simplified } from "./settings.ts";
import type { ApiV2Settings } from "./settings.ts";

const successes: ReadonlySet<string> = new Set(["success", "ok", "true", "200", "100", "1"]);

/** True where an answer says by its own words that what was asked for is done. */
export function saysSuccess(row: { readonly [name: string]: Json }): boolean {
  if (textOf(row["success"]) !== undefined || row["success"] === true) return true;
  const status = row["status"];
  return status === true || (typeof status === "string" && successes.has(status.toLowerCase()));
}

/** What `refill` of one order answered. */
export function readRefill(
  json: Json,
  order: string,
  settings: ApiV2Settings,
): RefillOutcome | undefined {
  const row = rowsById(json, [order], settings, () => true).get(order);
  if (!isObject(row)) return undefined;
  const refill = named(row, "refill", settings, ["refill_id"]);
  if (isObject(refill)) {
    const reason = errorText(refill);
    return reason === undefined ? undefined : { kind: "refused", reason };
  }
  const reason = errorText(row["error"]);
  if (reason !== undefined) return { kind: "refused", reason };
  const providerRefill = readId(refill);
  if (providerRefill === undefined && !saysSuccess(row)) return undefined;
  return { kind: "taken", providerRefill };
}

const words: Readonly<Record<string, Extract<ProviderRefillState, { kind: "state" }>["status"]>> = {
  pending: "pending",
  inprogress: "in_progress",
  completed: "completed",
  complete: "completed",
  rejected: "rejected",
  error: "error",
};

/** The states in an answer to `refill_status`. What cannot be read is left out. */
export function readRefillStates(
  json: Json,
  asked: readonly string[],
  settings: ApiV2Settings,
): Map<string, ProviderRefillState> {
  const states = new Map<string, ProviderRefillState>();
  // Rows name the refill where those of orders name the order.
  const names = { ...settings.answer_names, order: settings.answer_names["refill"] ?? "refill" };
  const rows = rowsById(json, asked, { ...settings, answer_names: names }, (row) =>
    Object.hasOwn(row, "status"),
  );
  for (const id of asked) {
    const row = rows.get(id);
    const said = isObject(row) ? named(row, "status", settings) : row;
    const word = textOf(said);
    const reason = isObject(said)
      ? errorText(said)
      : isObject(row)
        ? errorText(row["error"])
        : undefined;
    if (reason !== undefined) states.set(id, { kind: "missing", reason });
    else if (word !== undefined) {
      const simple = simplified(word);
      const status = Object.hasOwn(words, simple) ? words[simple] : undefined;
      states.set(id, { kind: "state", status, word });
    }
  }
  return states;
}

import { textOf } from "#providers/api-v2/answers/read-json.ts";
import type { Json, JsonObject } from "#providers/api-v2/answers/read-json.ts";

const rowsMax = 200;

/**
 * The family of panels that a service list and the error for an unknown order point to, in words;
 * `undefined` where nothing tells.
 */
export function recogniseDialect(
  rows: readonly JsonObject[],
  unknownOrder: string | undefined,
): string | undefined {
  const some = rows.slice(0, rowsMax);
  if (some.length === 0) return undefined;
  const has = (name: string) => some.some((row) => name in row);
  const every = (name: string, test: (value: Json | undefined) => boolean) =>
    some.every((row) => test(row[name]));
  if (every("type", (type) => typeof type === "string" && /^[a-z_]+$/.test(type))) {
    return has("desc") ? "SmartPanel" : "a rental panel with lower-case types";
  }
  if (some.some((row) => /\(1DG\)/.test(textOf(row["type"]) ?? ""))) return "1DG";
  if (has("platform")) return "a Vietnamese engine";
  if (every("refill", (refill) => refill === "1" || refill === "2")) {
    return "a PHP clone of PerfectPanel";
  }
  const isBoolean = (value: Json | undefined) => typeof value === "boolean";
  const hasFlags = every("refill", isBoolean) && every("cancel", isBoolean);
  if (hasFlags && every("dripfeed", isBoolean)) return "PerfectPanel";
  if (hasFlags) return "the PerfectPanel family";
  if (!has("cancel") && every("refill", isBoolean)) return "1DG";
  return unknownOrder === "Incorrect order ID" ? "the PerfectPanel family" : undefined;
}

import type { z } from "zod";
import { ok, refused } from "#values/result.ts";
import type { ProviderConnector } from "./connector.ts";

/**
 * Checks a connector's settings against its schema. Returns the given values as they were read, and
 * nothing else: defaults may change with a new version, so they are not stored.
 */
export function checkedSettings(
  schema: z.ZodObject,
  given: Readonly<Record<string, unknown>>,
): ReturnType<ProviderConnector["checkSettings"]> {
  const parsed = schema.safeParse(given);
  if (parsed.success) {
    const read: Readonly<Record<string, unknown>> = parsed.data;
    return ok(Object.fromEntries(Object.keys(given).map((name) => [name, read[name]])));
  }
  const [issue] = parsed.error.issues;
  if (issue?.code !== "unrecognized_keys") {
    const setting = String(issue?.path[0] ?? "settings");
    return refused({ setting, expected: issue?.message ?? "something else" });
  }
  const known = Object.keys(schema.shape);
  return refused({
    setting: issue.keys.join(", "),
    expected: known.length === 0 ? "no settings" : `one of: ${known.join(", ")}`,
  });
}

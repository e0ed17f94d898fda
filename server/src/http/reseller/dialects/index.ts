import type { Dialect } from "./dialect.ts";
import { v2 } from "./v2.ts";
import { v2Of1dg } from "./v2-1dg.ts";

/** Every dialect of the reseller API, by the name that keys and settings use. */
export const dialects = {
  v2,
  "v2-1dg": v2Of1dg,
} satisfies Record<string, Dialect>;

const byName = new Map<string, Dialect>(Object.entries(dialects));

/** Returns the dialect of that name; `undefined` for one that this program does not speak. */
export function findDialect(name: string): Dialect | undefined {
  return byName.get(name);
}

import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "#database/context.ts";
import { listKeyPrints } from "./api-keys.sql.ts";

const printDigits = 13;
const lookEveryMs = 100;
// An id is given before its key is committed, so the last ones are read again, and from time to
// time all.
const idsOverlap = 1000;
const allEveryMs = 600_000;

/**
 * All keys that were ever made, each by 52 bits of its hash: tells without a query that a key is
 * nobody's. Requests from strangers never make it grow.
 */
export type KeyDirectory = {
  /** True for every key that existed at the last look. */
  has(keyHash: string): boolean;
  /**
   * The same, after a look that begins after this call. However many callers there are, there are
   * at most ten looks a second.
   */
  hasAfterLook(keyHash: string): Promise<boolean>;
};

export function openKeyDirectory(ctx: Context): KeyDirectory {
  const prints = new Set<number>();
  let seenTo = 0;
  let allAt = -allEveryMs;
  let lookedAt = -lookEveryMs;
  let next: Promise<void> | undefined;

  const look = async () => {
    const isAll = lookedAt - allAt >= allEveryMs;
    if (isAll) allAt = lookedAt;
    let from = isAll ? 0 : Math.max(0, seenTo - idsOverlap);
    for (let page = await listKeyPrints(ctx.db, from); page !== undefined;) {
      for (let at = 0; at < page.prints.length; at += printDigits) {
        prints.add(Number.parseInt(page.prints.slice(at, at + printDigits), 16));
      }
      from = page.last;
      seenTo = Math.max(seenTo, from);
      page = await listKeyPrints(ctx.db, from);
    }
  };

  // A caller that comes while a look is under way waits for the next one: the present look may have
  // missed the key.
  const lookNext = async () => {
    await pause(Math.max(0, lookedAt + lookEveryMs - performance.now()));
    lookedAt = performance.now();
    next = undefined;
    await look();
  };

  // Before the first stranger comes.
  next = lookNext();
  next.catch((error: unknown) => ctx.log.warn({ error }, "keys not listed"));

  const has = (keyHash: string) => prints.has(Number.parseInt(keyHash.slice(0, printDigits), 16));
  return {
    has,
    hasAfterLook: async (keyHash) => {
      await (next ??= lookNext());
      return has(keyHash);
    },
  };
}

import type { Context } from "#database/context.ts";
import { listProcesses } from "#database/processes.sql.ts";

// Three heartbeats: a process that has not been heard of for longer takes no slots.
const silentSecondsMax = 15;
const rememberedMs = 5_000;

type Counted = { readonly workers: number; readonly at: number };

const counted = new WeakMap<Context["db"], Counted>();

/**
 * How many processes share a provider's requests per second; at least one. Remembered for a few
 * seconds.
 */
export async function countLiveWorkers(ctx: Context): Promise<number> {
  const known = counted.get(ctx.db);
  const now = performance.now();
  if (known !== undefined && now - known.at < rememberedMs) return known.workers;
  const living = (await listProcesses(ctx.db)).filter(
    ({ roles, silent_seconds }) => roles.includes("worker") && silent_seconds < silentSecondsMax,
  );
  const workers = Math.max(1, living.length);
  counted.set(ctx.db, { workers, at: now });
  return workers;
}

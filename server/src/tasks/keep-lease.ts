import type { Context } from "#database/context.ts";
import { extendLease } from "./tasks.sql.ts";
import type { Task } from "./tasks.sql.ts";

/** How long a claimed task belongs to its worker without a word from it. */
export const leaseSeconds = 60;

const beatMs = 20_000;

/**
 * Runs `work` with a heartbeat: as long as it goes on, the tasks stay this worker's, however slow the
 * provider is. A worker that dies stops beating, and its tasks are due again when the lease ends.
 */
export async function keepLease<Value>(
  ctx: Context,
  tasks: readonly Task[],
  work: () => Promise<Value>,
): Promise<Value> {
  const [first] = tasks;
  const beat = setInterval(() => {
    if (first === undefined) return;
    extendLease(ctx.db, tasks, first.lease, leaseSeconds).catch((error: unknown) =>
      ctx.log.warn({ error }, "lease not extended"),
    );
  }, beatMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}

import type { Context } from "#database/context.ts";
import { extendProductLease } from "./product-tasks.sql.ts";
import type { ProductTask } from "./product-tasks.sql.ts";

const beatMs = 20_000;

/**
 * Runs `work` with a heartbeat: as long as it goes on, the tasks stay this worker's, however slow the
 * provider is. A worker that dies stops beating, and its tasks are due again when the lease ends.
 */
export async function keepProductLease<Value>(
  ctx: Context,
  tasks: readonly ProductTask[],
  work: () => Promise<Value>,
): Promise<Value> {
  const [first] = tasks;
  const beat = setInterval(() => {
    if (first === undefined) return;
    extendProductLease(ctx.db, tasks, first.lease).catch((error: unknown) =>
      ctx.log.warn({ error }, "lease of product orders not extended"),
    );
  }, beatMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}

import type { Context } from "#database/context.ts";
import type { Task, TaskTable } from "./task-table.sql.ts";

const beatMs = 20_000;

/**
 * Keeps the lease of leased tasks until it is closed: they stay this worker's, however slow the
 * provider is. A worker that dies stops beating, and its tasks are due again when the lease ends.
 */
export function keepLease<Id extends number>(
  ctx: Context,
  table: Pick<TaskTable<Id, string>, "extend">,
  tasks: readonly Task<Id>[],
): { close(): void } {
  const [first] = tasks;
  const beat = setInterval(() => {
    if (first === undefined) return;
    table
      .extend(ctx.db, tasks, first.lease)
      .catch((error: unknown) => ctx.log.warn({ error }, "lease not extended"));
  }, beatMs);
  return { close: () => clearInterval(beat) };
}

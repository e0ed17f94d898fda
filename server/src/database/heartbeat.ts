import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Context } from "./context.ts";
import type { StorageWatch } from "./storage.ts";
import { deleteProcess, upsertProcess } from "./processes.sql.ts";

const everyMs = 5000;
const measureEveryMs = 1000;

/**
 * Records every five seconds that this process is working, so that a dead worker is noticed, and
 * checks every second whether there is room to go on.
 */
export async function startHeartbeat(
  ctx: Context,
  roles: readonly string[],
  storage: StorageWatch,
): Promise<{ close(): Promise<void> }> {
  const self = { id: randomUUID(), roles, host: hostname(), pid: process.pid };
  await upsertProcess(ctx.db, self);
  const measuring = setInterval(() => {
    storage.measure().catch((error: unknown) => ctx.log.warn({ error }, "free space not measured"));
  }, measureEveryMs);
  const timer = setInterval(() => {
    upsertProcess(ctx.db, self).catch((error: unknown) => {
      storage.note(error);
      ctx.log.warn({ error }, "heartbeat not written");
    });
  }, everyMs);
  return {
    close: async () => {
      clearInterval(timer);
      clearInterval(measuring);
      await deleteProcess(ctx.db, self.id).catch(() => {});
    },
  };
}

import path from "node:path";
import { Worker } from "node:worker_threads";
import type { Context } from "#database/context.ts";

/** What a thread beside the main one found: for how long nothing else could run, and where. */
export type Blockage = { readonly ms: number; readonly what: string };

const beatEveryMs = 50;
const threadFile = path.join(import.meta.dirname, "watchdog-thread.ts");

/**
 * Watches, from a thread of its own, that the event loop of this process goes round, and logs where it
 * stood still for more than a fifth of a second: whatever takes so long holds up every customer, and
 * belongs on another thread or into slices.
 */
export function startWatchdog(log: Context["log"]): { close(): Promise<void> } {
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const timer = setInterval(() => Atomics.add(beats, 0, 1), beatEveryMs);
  const thread = new Worker(threadFile, { workerData: beats, execArgv: [] });
  thread.on("message", ({ ms, what }: Blockage) => {
    log.warn({ ms, what }, "event loop was blocked");
  });
  // Without it the panel works as well.
  thread.on("error", (error) => log.warn({ error }, "watchdog ended"));
  timer.unref();
  thread.unref();
  return {
    close: async () => {
      clearInterval(timer);
      await thread.terminate();
    },
  };
}

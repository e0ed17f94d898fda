import { once } from "node:events";
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { ConnectionSettings } from "#database/connection.ts";
import type { RunElsewhere } from "#workers/job.ts";

/** What a thread needs to do a job: connections and a log of its own. */
export type JobThreadData = {
  readonly job: string;
  readonly settings: ConnectionSettings;
  readonly secretFile: string;
  readonly logLevel: string;
};

const threadFile = path.join(import.meta.dirname, "job-thread.ts");
/** A list that needs more ends its thread, and not the panel. */
const memoryMbMax = 768;

/**
 * Runs jobs each in a thread of its own with a few connections of its own, so that reading a provider's
 * list of twenty thousand services keeps no customer waiting. A thread ends with its job; on `signal` at
 * once, and what it had not committed never was.
 */
export function openJobThreads(data: Omit<JobThreadData, "job">): RunElsewhere {
  return async (job, signal) => {
    const workerData: JobThreadData = { ...data, job: job.name };
    const resourceLimits = { maxOldGenerationSizeMb: memoryMbMax };
    const thread = new Worker(threadFile, { workerData, resourceLimits, execArgv: [] });
    const stop = () => void thread.terminate();
    signal.addEventListener("abort", stop, { once: true });
    try {
      if (signal.aborted) stop();
      // What it could not handle comes as an error, and rejects.
      await once(thread, "exit");
    } finally {
      signal.removeEventListener("abort", stop);
    }
  };
}

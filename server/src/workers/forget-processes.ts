import { deleteSilentProcesses } from "#database/processes.sql.ts";
import type { Job } from "./job.ts";

/** Deletes the records of processes that ended without a word. */
export const forgetProcesses: Job = {
  name: "forget-processes",
  everySeconds: 3600,
  run: (ctx) => deleteSilentProcesses(ctx.db),
};

import { forgetBatches } from "./forget-batches.ts";
import { forgetProcesses } from "./forget-processes.ts";
import type { Job } from "./job.ts";

/** Everything that comes round by itself. */
export const jobs: readonly Job[] = [forgetBatches, forgetProcesses];

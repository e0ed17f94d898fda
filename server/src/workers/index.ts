import { forgetBatches } from "./forget-batches.ts";
import { forgetCalls } from "./forget-calls.ts";
import { forgetProcesses } from "./forget-processes.ts";
import type { Job } from "./job.ts";
import { syncProviders } from "./sync-providers.ts";
import { watchBalances } from "./watch-balances.ts";

/** Everything that comes round by itself. */
export const jobs: readonly Job[] = [
  forgetBatches,
  forgetCalls,
  forgetProcesses,
  syncProviders,
  watchBalances,
];

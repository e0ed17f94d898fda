import { deliverEvents } from "./deliver-webhooks.ts";
import { forgetBatches } from "./forget-batches.ts";
import { forgetCalls } from "./forget-calls.ts";
import { forgetEvents } from "./forget-events.ts";
import { forgetLinkClaims } from "./forget-link-claims.ts";
import { forgetProcesses } from "./forget-processes.ts";
import type { Job } from "./job.ts";
import { measureServices } from "./measure-services.ts";
import { syncProviders } from "./sync-providers.ts";
import { watchBalances } from "./watch-balances.ts";
import { tellLowBalances } from "./watch-low-balances.ts";

/** Everything that comes round by itself. */
export const jobs: readonly Job[] = [
  forgetBatches,
  forgetCalls,
  forgetEvents,
  forgetLinkClaims,
  forgetProcesses,
  measureServices,
  syncProviders,
  watchBalances,
  deliverEvents,
  tellLowBalances,
];

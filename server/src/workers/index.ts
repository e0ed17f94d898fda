import { deliverEvents } from "./deliver-webhooks.ts";
import { forgetBatches } from "./forget-batches.ts";
import { forgetCalls } from "./forget-calls.ts";
import { forgetEvents } from "./forget-events.ts";
import { forgetLinkReservations } from "./forget-link-reservations.ts";
import { forgetProcesses } from "./forget-processes.ts";
import { forgetSyncs } from "./forget-syncs.ts";
import type { Job } from "./job.ts";
import { readDueFeeds } from "./read-feeds.ts";
import { mendTimes } from "./mend-due-times.ts";
import { measureServices } from "./measure-services.ts";
import { syncProducts } from "./sync-products.ts";
import { syncProviders } from "./sync-providers.ts";
import { tellStock } from "./tell-stock.ts";
import { watchBalances } from "./watch-balances.ts";
import { tellLowBalances } from "./watch-low-balances.ts";
import { watchStock } from "./watch-stock.ts";

/** All jobs. */
export const jobs: readonly Job[] = [
  forgetBatches,
  forgetCalls,
  forgetEvents,
  forgetLinkReservations,
  forgetProcesses,
  forgetSyncs,
  measureServices,
  mendTimes,
  readDueFeeds,
  syncProducts,
  syncProviders,
  watchBalances,
  deliverEvents,
  tellLowBalances,
  tellStock,
  watchStock,
];

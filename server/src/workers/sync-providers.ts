import { runDueSyncs } from "#catalog/run-due-syncs.ts";
import { findServiceType } from "#orders/service-types/index.ts";
import type { Job } from "./job.ts";

/** Brings services up to date with their providers' lists, where a schedule says so. */
export const syncProviders: Job = {
  name: "sync-providers",
  everySeconds: 15,
  run: (ctx) => runDueSyncs(ctx, (name) => findServiceType(name)?.wireName),
};

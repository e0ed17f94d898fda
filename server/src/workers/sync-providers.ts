import { runDueSyncs } from "#catalog/sync/run-due-syncs.ts";
import { hasDueSync } from "#catalog/sync-terms.sql.ts";
import { findServiceType } from "#orders/service-types/index.ts";
import type { Job } from "./job.ts";

/** Brings services up to date with their providers' lists, where a schedule says so. */
export const syncProviders: Job = {
  name: "sync-providers",
  everySeconds: 15,
  isHeavy: true,
  isDue: (ctx) => hasDueSync(ctx.db),
  run: (ctx) => runDueSyncs(ctx, (name) => findServiceType(name)?.wireName),
};

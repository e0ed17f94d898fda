import { deleteOldSyncRuns } from "#catalog/sync/sync-runs.sql.ts";
import type { Job } from "./job.ts";

/** Deletes old readings of providers' lists. */
export const forgetSyncs: Job = {
  name: "forget-syncs",
  everySeconds: 3600,
  run: (ctx) => deleteOldSyncRuns(ctx.db),
};

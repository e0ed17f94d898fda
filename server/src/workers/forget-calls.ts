import { deleteOldCalls } from "#providers/provider-calls.sql.ts";
import { readSettings } from "#settings/settings.ts";
import type { Job } from "./job.ts";

const sliceMax = 5_000;
const slicesMax = 200;

/** Deletes calls to providers that are older than the setting `provider_log_days`, in slices. */
export const forgetCalls: Job = {
  name: "forget-calls",
  everySeconds: 3600,
  run: async (ctx) => {
    const { provider_log_days: days } = await readSettings(ctx.db);
    for (let slice = 0; slice < slicesMax; slice++) {
      if ((await deleteOldCalls(ctx.db, days, sliceMax)) < sliceMax) return;
    }
  },
};

import { deleteOldCatalogEvents, deleteOldEvents } from "#events/streams.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { deleteOldAttempts } from "#webhooks/attempts.sql.ts";
import type { Job } from "./job.ts";

const sliceMax = 5_000;
const slicesMax = 400;

/** Deletes events and deliveries that are older than the setting `event_days`, in slices. */
export const forgetEvents: Job = {
  name: "forget-events",
  everySeconds: 3600,
  run: async (ctx) => {
    const { event_days: days } = await readSettings(ctx.db);
    await deleteOldCatalogEvents(ctx.db, days);
    await inSlices(() => deleteOldEvents(ctx.db, days, sliceMax));
    await inSlices(() => deleteOldAttempts(ctx.db, days, sliceMax));
  },
};

async function inSlices(deleteSlice: () => Promise<number>): Promise<void> {
  for (let slice = 0; slice < slicesMax; slice++) {
    if ((await deleteSlice()) < sliceMax) return;
  }
}

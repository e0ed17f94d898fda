import { forgetFeedTraces } from "#orders/subscriptions/feeds.sql.ts";
import { deleteOldReservations } from "#orders/hold-rules/link-reservations.sql.ts";
import { deleteOldVelocityReservations } from "#orders/hold-rules/velocity-reservations.sql.ts";
import type { Job } from "./job.ts";

/**
 * Deletes reservations of links and of feeds that have expired, or whose order's process has died.
 */
export const forgetLinkReservations: Job = {
  name: "forget-link-reservations",
  everySeconds: 600,
  run: async (ctx) => {
    await deleteOldReservations(ctx.db);
    await deleteOldVelocityReservations(ctx.db);
    await forgetFeedTraces(ctx.db);
  },
};

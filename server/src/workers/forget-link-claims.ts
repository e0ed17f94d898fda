import { forgetFeedTraces } from "#orders/subscriptions/feeds.sql.ts";
import { deleteOldClaims } from "#orders/hold-rules/link-claims.sql.ts";
import { deleteOldVelocityClaims } from "#orders/hold-rules/velocity-claims.sql.ts";
import type { Job } from "./job.ts";

/** Clears claims of links and of feeds whose time is over, and of orders whose process has died. */
export const forgetLinkClaims: Job = {
  name: "forget-link-claims",
  everySeconds: 600,
  run: async (ctx) => {
    await deleteOldClaims(ctx.db);
    await deleteOldVelocityClaims(ctx.db);
    await forgetFeedTraces(ctx.db);
  },
};

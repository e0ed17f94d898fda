import { deleteOldClaims } from "#orders/hold-rules/link-claims.sql.ts";
import type { Job } from "./job.ts";

/** Clears claims of links whose time is over. */
export const forgetLinkClaims: Job = {
  name: "forget-link-claims",
  everySeconds: 600,
  run: (ctx) => deleteOldClaims(ctx.db),
};

import { syncProducts as sync } from "#products/sync-products.ts";
import type { Job } from "./job.ts";

/** Brings products up to date with their providers' lists. */
export const syncProducts: Job = {
  name: "sync-products",
  everySeconds: 600,
  run: (ctx, signal) => sync(ctx, signal),
};

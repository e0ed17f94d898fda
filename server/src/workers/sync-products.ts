import { listProductProviders } from "#products/import/provider-products.sql.ts";
import { syncProducts as sync } from "#products/import/sync-products.ts";
import type { Job } from "./job.ts";

/** Brings products up to date with their providers' lists. */
export const syncProducts: Job = {
  name: "sync-products",
  everySeconds: 600,
  isHeavy: true,
  isDue: async (ctx) => (await listProductProviders(ctx.db)).length > 0,
  run: (ctx, signal) => sync(ctx, signal),
};

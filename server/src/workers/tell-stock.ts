import { tellStock as tell } from "#products/stock/tell-stock.ts";
import type { Job } from "./job.ts";

/** Tells customers where the stock of products changed. */
export const tellStock: Job = {
  name: "tell-stock",
  everySeconds: 3,
  run: async (ctx) => {
    await tell(ctx);
  },
};

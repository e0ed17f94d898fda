import { listProducts } from "#products/products.sql.ts";
import type { Job } from "./job.ts";

/** Warns in the log of products whose stock is at or below its mark, before buyers are refused. */
export const watchStock: Job = {
  name: "watch-stock",
  everySeconds: 600,
  run: async (ctx) => {
    for (const { id, free, lowMark, lowSince } of await listProducts(ctx.db)) {
      if (lowSince === undefined) continue;
      ctx.log.warn(
        { productId: id, free, mark: lowMark, since: lowSince },
        "a product's stock is low: upload more",
      );
    }
  },
};

import { deleteOldBatches } from "#orders/place-orders.sql.ts";
import type { Job } from "./job.ts";

/** Clears the answers of batches that no process can still be asking for. */
export const forgetBatches: Job = {
  name: "forget-batches",
  everySeconds: 600,
  run: (ctx) => deleteOldBatches(ctx.db),
};

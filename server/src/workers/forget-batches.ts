import { deleteOldMarks } from "#database/transaction-marks.sql.ts";
import { deleteOldBatches } from "#orders/placing/place-orders.sql.ts";
import type { Job } from "./job.ts";

/**
 * Deletes the answers of batches, and the marks of transactions, that no process can still ask for.
 */
export const forgetBatches: Job = {
  name: "forget-batches",
  everySeconds: 600,
  run: async (ctx) => {
    await deleteOldBatches(ctx.db);
    await deleteOldMarks(ctx.db);
  },
};

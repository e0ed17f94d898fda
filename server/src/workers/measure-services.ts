import { findFiguresAge } from "#orders/measured.sql.ts";
import { measureServices as measure } from "#orders/measured.ts";
import type { Job } from "./job.ts";

/** Several workers come by: what was measured a moment ago is left. */
const ageSecondsMin = 1800;

/** Measures how services do, once an hour. */
export const measureServices: Job = {
  name: "measure-services",
  everySeconds: 3600,
  run: async (ctx) => {
    if (((await findFiguresAge(ctx.db)) ?? Infinity) < ageSecondsMin) return;
    await measure(ctx);
  },
};

import { findFiguresAge } from "#orders/reports/service-figures.sql.ts";
import { measureServices as measure } from "#orders/reports/service-figures.ts";
import type { Job } from "./job.ts";

/** Several workers run this: what was measured a moment ago is left alone. */
const ageSecondsMin = 1800;

/** The database spends at most one part in this many of its time on measuring. */
const restFactor = 500;

/** For how many seconds figures are left alone when measuring them took this long. */
export function figuresRest(tookMs: number): number {
  return Math.max(ageSecondsMin, (tookMs / 1000) * restFactor);
}

let restSeconds = ageSecondsMin;

/**
 * Measures how services do, once an hour, or less often where that takes long: it reads every order of
 * 90 days, which takes some 4 seconds for each million.
 */
export const measureServices: Job = {
  name: "measure-services",
  everySeconds: 3600,
  run: async (ctx) => {
    if (((await findFiguresAge(ctx.db)) ?? Infinity) < restSeconds) return;
    const startedAt = performance.now();
    await measure(ctx);
    restSeconds = figuresRest(performance.now() - startedAt);
  },
};

import { findNow } from "#database/clock.sql.ts";
import type { Context } from "#database/context.ts";
import { mendDueTimes } from "#doctor/mend-due-times.ts";
import { systemActor } from "#values/actor.ts";
import { openClockCourse } from "./clock-course.ts";
import type { ClockCourse } from "./clock-course.ts";
import type { Job } from "./job.ts";

const evenForMs = 180_000;
const courses = new WeakMap<Context["db"], ClockCourse>();

/**
 * Makes due again what the database's clock put off while it was ahead. It runs by itself, because
 * orders wait. It runs only once that clock has been even for minutes: to a clock that is behind
 * for a moment, everything seems to lie ahead, and nothing must be hurried then.
 */
export const mendTimes: Job = {
  name: "mend-due-times",
  everySeconds: 60,
  run: async (ctx) => {
    const course = courses.get(ctx.db) ?? openClockCourse(evenForMs);
    courses.set(ctx.db, course);
    const now = await findNow(ctx.db);
    if (!course.isEven(now.getTime(), performance.now())) return;
    const mended = await mendDueTimes(ctx, systemActor("mend-due-times"));
    if (mended.length > 0) ctx.log.warn({ mended }, "the clock was ahead: due times were mended");
  },
};

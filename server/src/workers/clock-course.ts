/** Whether a clock has run evenly of late, compared with one that nobody sets. */
export type ClockCourse = {
  /** Takes both clocks' readings at one moment; returns whether the first has long been even. */
  isEven(clockMs: number, evenMs: number): boolean;
};

/** A correction by less than this is not a leap. */
const leapMs = 2000;

/** A clock is even when it has not leapt for this long, from one look to the next. */
export function openClockCourse(evenForMs: number): ClockCourse {
  let last: { readonly clockMs: number; readonly evenMs: number } | undefined;
  let evenSinceMs = 0;
  return {
    isEven: (clockMs, evenMs) => {
      const went = last === undefined ? undefined : clockMs - last.clockMs - (evenMs - last.evenMs);
      if (went === undefined || Math.abs(went) > leapMs) evenSinceMs = evenMs;
      last = { clockMs, evenMs };
      return evenMs - evenSinceMs >= evenForMs;
    },
  };
}

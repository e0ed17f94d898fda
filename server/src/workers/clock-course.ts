/** Whether a clock has gone evenly of late, compared with one that nobody sets. */
export type ClockCourse = {
  /** Takes what both clocks say at one moment; answers whether the first has been even for long. */
  isEven(clockMs: number, evenMs: number): boolean;
};

/** A clock that is corrected by less than this has not leapt. */
const leapMs = 2000;

/** Even is what has not leapt for so long, from one look to the next. */
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

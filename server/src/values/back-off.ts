import { randomInt } from "node:crypto";

/** Pauses that grow with each failure in a row; in the caller's unit of time. */
export type BackOff = {
  /** After the first failure. */
  readonly first: number;
  /** What each further failure multiplies the pause by; 2 if left out. */
  readonly factor?: number;
  /** The longest pause. */
  readonly cap: number;
  /** How often the pause grows at most, even where that leaves it below `cap`. */
  readonly growthsMax?: number;
};

/** How long to wait after this many failures in a row, counted from 1. */
export function backOff(
  failures: number,
  { first, factor = 2, cap, growthsMax = Infinity }: BackOff,
): number {
  return Math.min(cap, first * factor ** Math.min(failures - 1, growthsMax));
}

/** The same with every pause given explicitly; after the last one it repeats. */
export function steppedBackOff(
  failures: number,
  pauses: readonly [number, ...(readonly number[])],
): number {
  return pauses[Math.min(failures, pauses.length) - 1] ?? pauses[0];
}

/** A pause made somewhat shorter or longer by chance, so that what failed together drifts apart. */
export function jittered(
  pause: number,
  { less = 0, more }: { readonly less?: number; readonly more: number },
): number {
  return (pause * (100 - less + randomInt(less + more + 1))) / 100;
}

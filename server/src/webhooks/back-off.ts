const stepsSeconds = [5, 30, 120, 600, 3600, 3 * 3600, 6 * 3600, 12 * 3600] as const;
const longest = 24 * 3600;

/** How long an endpoint is left in peace after so many failures in a row, in seconds. */
export function backOffSeconds(failures: number, askedFor: number | undefined): number {
  return Math.max(stepsSeconds[failures - 1] ?? longest, Math.min(askedFor ?? 0, longest));
}

import type { OrderStatus } from "#values/order-status.ts";

/** A drip-feed as it was ordered. */
export type DripFeed = {
  readonly runs: number;
  readonly intervalMs: number;
  /** The pieces of one run. */
  readonly perRun: number;
};

export type ScheduleStatus = "active" | "paused" | "stopped" | "done";

/** The results of the runs that were made. */
export type RunTally = {
  readonly made: number;
  /** Runs that have not ended. */
  readonly open: number;
  /** Runs that every provider refused and that wait on the desk. */
  readonly failed: number;
  /** Pieces delivered by runs that have ended, and by those that have not. */
  readonly delivered: number;
  readonly deliveredOpen: number;
  /** Pieces of ended runs that were not delivered. */
  readonly lost: number;
};

/** What a drip-feed needs now. Times are milliseconds since 1970. */
export type DripFeedStep =
  | { readonly kind: "run"; readonly number: number; readonly nextAt: number }
  | { readonly kind: "wait"; readonly untilAt: number }
  | { readonly kind: "end" };

const failedPauseMs = 60_000;
// The end of a run triggers a turn at once. This pause only finds what slipped through.
const openPauseMs = 300_000;
const pausedPauseMs = 3_600_000;

/**
 * Decides the next step. A late run (the panel was down, the clock leapt) keeps to the grid of its
 * interval if it is late by less than one interval. Otherwise the next run comes a whole interval
 * after it: missed runs are never made up all at once. A failed run stops the next ones until staff
 * have decided.
 */
export function dripFeedStep(
  feed: DripFeed,
  schedule: { readonly status: ScheduleStatus; readonly nextAt: number },
  tally: RunTally,
  now: number,
): DripFeedStep {
  const isOver = tally.made >= feed.runs || !mayRun(schedule.status);
  if (isOver) {
    return tally.open === 0 ? { kind: "end" } : { kind: "wait", untilAt: now + openPauseMs };
  }
  const pauseMs = tally.open > 0 ? openPauseMs : pausedPauseMs;
  if (schedule.status === "paused") return { kind: "wait", untilAt: now + pauseMs };
  if (schedule.nextAt > now) {
    return { kind: "wait", untilAt: Math.min(schedule.nextAt, now + pauseMs) };
  }
  if (tally.failed > 0) return { kind: "wait", untilAt: now + failedPauseMs };
  const onGrid = schedule.nextAt + feed.intervalMs;
  return {
    kind: "run",
    number: tally.made + 1,
    nextAt: onGrid > now ? onGrid : now + feed.intervalMs,
  };
}

function mayRun(status: ScheduleStatus): boolean {
  return status === "active" || status === "paused";
}

/**
 * The pieces that will never be delivered: those of runs that ended short and, once it was stopped,
 * of runs that were not made. Exactly their share of the charge is refunded.
 */
export function lostPieces(feed: DripFeed, status: ScheduleStatus, tally: RunTally): number {
  const unmade = mayRun(status) ? 0 : (feed.runs - tally.made) * feed.perRun;
  return tally.lost + unmade;
}

/** The status of an ended drip-feed that lost this many of its pieces. */
export function endedStatus(feed: DripFeed, lost: number): OrderStatus {
  if (lost === 0) return "completed";
  return lost >= feed.runs * feed.perRun ? "canceled" : "partial";
}

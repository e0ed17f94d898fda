import fc from "fast-check";
import { expect, test } from "vitest";
import { keptCharge, chargePerThousand, effectiveRate } from "#values/money.ts";
import { dripFeedStep, endedStatus, lostPieces } from "./drip-feed.ts";
import type { DripFeed, RunTally, ScheduleStatus } from "./drip-feed.ts";

const feeds = fc.record({
  runs: fc.integer({ min: 1, max: 60 }),
  intervalMs: fc.integer({ min: 0, max: 100 }),
  perRun: fc.integer({ min: 1, max: 1_000_000 }),
});
const nothing: RunTally = {
  made: 0,
  open: 0,
  failed: 0,
  delivered: 0,
  deliveredOpen: 0,
  lost: 0,
};

test("whatever the clock does, the runs are made once each, in their order", () => {
  const leaps = fc.array(fc.integer({ min: -500, max: 500 }), { maxLength: 200 });
  fc.assert(
    fc.property(feeds, leaps, (feed, clock) => {
      const made: number[] = [];
      const state: { status: ScheduleStatus; nextAt: number } = { status: "active", nextAt: 0 };
      let now = 0;
      const look = () => {
        const tally = { ...nothing, made: made.length };
        const step = dripFeedStep(feed, state, tally, now);
        if (step.kind !== "run") return step;
        expect(now).toBeGreaterThanOrEqual(state.nextAt);
        expect(step.nextAt).toBeGreaterThanOrEqual(now);
        expect(step.nextAt).toBeLessThanOrEqual(now + feed.intervalMs);
        made.push(step.number);
        state.nextAt = step.nextAt;
        return step;
      };
      for (const leap of clock) {
        now += leap;
        look();
      }
      // And in the end all of them are made.
      for (let turns = 0; look().kind !== "end"; turns++) {
        now = Math.max(now, state.nextAt);
        expect(turns).toBeLessThan(feed.runs + 1);
      }
      expect(made).toEqual(Array.from({ length: feed.runs }, (_, n) => n + 1));
    }),
  );
});

test("punctual runs keep to the grid, a late one moves it", () => {
  const feed = { runs: 9, intervalMs: 60, perRun: 1 };
  const next = (nextAt: number, now: number) =>
    dripFeedStep(feed, { status: "active", nextAt }, { ...nothing, made: 1 }, now);
  expect(next(60, 60)).toEqual({ kind: "run", number: 2, nextAt: 120 });
  expect(next(60, 119)).toEqual({ kind: "run", number: 2, nextAt: 120 });
  expect(next(60, 120)).toEqual({ kind: "run", number: 2, nextAt: 180 });
  expect(next(60, 1000)).toEqual({ kind: "run", number: 2, nextAt: 1060 });
});

test("a failed run holds the next one, a paused feed makes none, a stopped one waits and ends", () => {
  const feed = { runs: 3, intervalMs: 60, perRun: 1 };
  const step = (status: ScheduleStatus, tally: Partial<RunTally>) =>
    dripFeedStep(feed, { status, nextAt: 0 }, { ...nothing, made: 1, ...tally }, 100).kind;
  expect(step("active", {})).toBe("run");
  expect(step("active", { open: 1, failed: 1 })).toBe("wait");
  expect(step("paused", {})).toBe("wait");
  expect(step("stopped", { open: 1 })).toBe("wait");
  expect(step("stopped", {})).toBe("end");
  expect(step("active", { made: 3, open: 1 })).toBe("wait");
  expect(step("active", { made: 3 })).toBe("end");
});

test("what is kept is exactly the price of what was delivered, whatever became of each run", () => {
  const ends = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 40 });
  const rates = fc.bigInt({ min: 1n, max: 10n ** 15n });
  fc.assert(
    fc.property(ends, rates, fc.nat(5), (percents, rateUnits, unmade) => {
      const rate = effectiveRate(rateUnits);
      const perRun = 100;
      const feed: DripFeed = { runs: percents.length + unmade, intervalMs: 0, perRun };
      const delivered = percents.reduce((sum, each) => sum + each, 0);
      const made = percents.length;
      const tally = { ...nothing, made, delivered, lost: made * perRun - delivered };
      const total = feed.runs * perRun;
      const charge = chargePerThousand(rate, total);
      const lost = lostPieces(feed, "stopped", tally);

      expect(keptCharge(charge, total, total - lost)).toBe(chargePerThousand(rate, delivered));
      expect(endedStatus(feed, lost)).toBe(
        delivered === 0 ? "canceled" : delivered === total ? "completed" : "partial",
      );
    }),
  );
});

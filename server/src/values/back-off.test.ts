import fc from "fast-check";
import { expect, test } from "vitest";
import { failedPollPause, pollPause } from "#orders/tracking/poll-pause.ts";
import { readPause } from "#orders/subscriptions/subscription.ts";
import { retrySeconds } from "#orders/requests/run-requests.ts";
import { backOff, jittered, steppedBackOff } from "./back-off.ts";

const series = (pauseOf: (failures: number) => number, length: number) =>
  Array.from({ length }, (_, n) => pauseOf(n + 1));

test("an order that was not sent is sent again after 1 second, and after 5 minutes at the most", () => {
  const pauses = series((failures) => backOff(failures, { first: 1, cap: 300 }), 12);
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
});

test("a refill or cancel is asked for again after 30 seconds, and after an hour at the most", () => {
  expect(series(retrySeconds, 9)).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
});

test("a feed is read every 5 minutes, and every 6 hours while it brings nothing", () => {
  const pauses = series((failures) => readPause(failures - 1), 9);
  expect(pauses).toEqual([300, 600, 1200, 2400, 4800, 9600, 19_200, 21_600, 21_600]);
  expect(readPause(0, 5000)).toBe(5000);
  expect(readPause(0, 1e9)).toBe(86_400);
});

test("questions without an answer are asked again after the shortest pause, doubled ten times", () => {
  const pace = { minSeconds: 10, maxSeconds: 100_000 };
  const pauses = series((failures) => failedPollPause(failures, pace), 13);
  expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10_240, 10_240, 10_240]);
  expect(failedPollPause(3, { minSeconds: 10, maxSeconds: 30 })).toBe(30);
});

test("an order that its provider does not know is asked about later each time", () => {
  const standing = { status: "pending", remains: 5 } as const;
  const pauseOf = (misses: number) =>
    pollPause(
      { ...standing, ageSeconds: 300 },
      { ...standing, misses },
      { minSeconds: 10, maxSeconds: 1000 },
    );
  expect(series(pauseOf, 7)).toEqual([60, 120, 240, 480, 960, 1000, 1000]);
});

test("a lane without work rests for 200 ms, and for 2 seconds at the most", () => {
  const pauses = series((failures) => backOff(failures, { first: 200, cap: 2000 }), 6);
  expect(pauses).toEqual([200, 400, 800, 1600, 2000, 2000]);
});

test("pauses never shrink, and stay between the first and the cap", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 10 }),
      fc.nat(100_000),
      (failures, first, factor, room) => {
        const terms = { first, factor, cap: first + room };
        const pause = backOff(failures, terms);
        expect(pause).toBeGreaterThanOrEqual(first);
        expect(pause).toBeLessThanOrEqual(first + room);
        expect(backOff(failures + 1, terms)).toBeGreaterThanOrEqual(pause);
      },
    ),
  );
});

test("stepped pauses come one after the other, and the last one stays", () => {
  expect(series((failures) => steppedBackOff(failures, [5, 30, 120]), 5)).toEqual([
    5, 30, 120, 120, 120,
  ]);
});

test("a jittered pause stays within its bounds, and reaches both", () => {
  const seen = new Set(Array.from({ length: 2000 }, () => jittered(1000, { less: 2, more: 3 })));
  expect([...seen].toSorted((a, b) => a - b)).toEqual([980, 990, 1000, 1010, 1020, 1030]);
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openLateAnswers } from "./late-answers.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("a refusal waits about a second, and no timer runs when none waits", async () => {
  const late = openLateAnswers();
  const told: number[] = [];
  void late.wait()?.then(() => told.push(1));
  await vi.advanceTimersByTimeAsync(500);
  void late.wait()?.then(() => told.push(2));

  await vi.advanceTimersByTimeAsync(400);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(told).toEqual([1]);
  await vi.advanceTimersByTimeAsync(500);
  expect(told).toEqual([1, 2]);
  expect(vi.getTimerCount()).toBe(0);
});

test("not more than a few thousand wait, and room comes back", async () => {
  const late = openLateAnswers();
  const waiting = Array.from({ length: 5000 }, () => late.wait());
  expect(waiting.filter((one) => one === undefined)).toHaveLength(5000 - 4096);

  await vi.advanceTimersByTimeAsync(1100);

  expect(late.wait()).toBeDefined();
});

import { expect, test } from "vitest";
import { openClockCourse } from "./clock-course.ts";

const minute = 60_000;

test("a clock is even once it has not leapt for long enough, ahead or back", () => {
  const course = openClockCourse(3 * minute);
  const look = (at: number, offset: number) => course.isEven(1e12 + at + offset, at);

  expect([0, 1, 2].map((n) => look(n * minute, 0))).toEqual([false, false, false]);
  expect(look(3 * minute, 500)).toBe(true);

  const year = 365 * 24 * 60 * minute;
  expect(look(4 * minute, year)).toBe(false);
  expect(look(5 * minute, 0)).toBe(false);
  expect([6, 7].map((n) => look(n * minute, 0))).toEqual([false, false]);
  expect(look(8 * minute, 0)).toBe(true);
  expect(look(9 * minute, -3000)).toBe(false);
});

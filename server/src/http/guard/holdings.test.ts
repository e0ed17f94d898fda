import { expect, test } from "vitest";
import { openHoldings } from "./holdings.ts";

const max = { requestsMax: 2, totalMax: 3, bytesMax: 100 };

test("each holds so many, all together so many, and what leaves makes room", () => {
  const holdings = openHoldings<string>();
  expect(["a", "a", "a"].map((who) => holdings.enter(who, 0, max))).toEqual([true, true, false]);
  expect(["b", "b"].map((who) => holdings.enter(who, 0, max))).toEqual([true, false]);

  holdings.leave("a", 0);

  expect(holdings.enter("b", 0, max)).toBe(true);
});

test("bytes are bounded, but one request alone may bring more", () => {
  const holdings = openHoldings<string>();
  expect(holdings.enter("a", 500, max)).toBe(true);
  expect(holdings.enter("a", 1, max)).toBe(false);
  holdings.leave("a", 500);

  expect(holdings.enter("a", 60, max)).toBe(true);
  holdings.grow("a", 40);
  expect(holdings.enter("a", 1, max)).toBe(false);
  holdings.grow("a", -40);
  expect(holdings.enter("a", 40, max)).toBe(true);
});

import { describe, expect, test } from "vitest";
import { claimedPlaces, warrantyVerdict } from "./warranty-rule.ts";
import type { ClaimAsking, WarrantyFacts } from "./warranty-rule.ts";

const day = 24 * 3_600_000;
const end = new Date("2026-11-01T12:00:00Z");
const after = (days: number, more = 0) => new Date(end.getTime() + days * day + more);

/** Three lines at the places 1, 2 and 5, of which the last replaced another on the 20th day. */
const facts: WarrantyFacts = {
  status: "completed",
  warrantyDays: 30,
  hasOpenClaim: false,
  items: [end, end, after(20)],
  lines: new Map([
    [1, end],
    [2, end],
    [5, after(20)],
  ]),
  isByLine: true,
};
const all: ClaimAsking = { places: [], quantity: undefined };

function verdict(
  changed: Partial<WarrantyFacts>,
  asking: Partial<ClaimAsking>,
  now = after(1),
  isGoodwill = false,
) {
  const judged = warrantyVerdict(
    { ...facts, ...changed },
    { ...all, ...asking },
    { now, isGoodwill },
  );
  return judged.ok ? judged.value : judged.refusal.code;
}

describe("how many items a claim is about", () => {
  test.each<[says: number | string, asking: Partial<ClaimAsking>]>([
    [3, {}],
    [1, { places: [2] }],
    [2, { places: [5, 1] }],
    [2, { places: [5, 1], quantity: 2 }],
    [2, { quantity: 2 }],
    ["field_invalid", { places: [3] }],
    ["field_invalid", { places: [1, 1] }],
    ["field_invalid", { places: [1], quantity: 2 }],
    ["quantity_above_max", { quantity: 4 }],
    ["quantity_below_min", { quantity: 0 }],
  ])("%s: %j", (says, asking) => {
    expect(verdict({}, asking)).toBe(says);
  });
});

describe("the days", () => {
  test("the last moment of the last day counts, and nothing after it", () => {
    expect(verdict({}, { places: [1] }, after(30))).toBe(1);
    expect(verdict({}, { places: [1] }, after(30, 1))).toBe("warranty_over");
  });

  test("a replacement has its own, so that of everything it alone is left", () => {
    expect(verdict({}, {}, after(31))).toBe(1);
    expect(verdict({}, { places: [5] }, after(50))).toBe(1);
    expect(verdict({}, { quantity: 2 }, after(31))).toBe("quantity_above_max");
    expect(verdict({}, {}, after(50, 1))).toBe("warranty_over");
  });

  test("staff claim without regard to them, and without a warranty", () => {
    expect(verdict({}, {}, after(500), true)).toBe(3);
    expect(verdict({ warrantyDays: 0 }, {}, after(1), true)).toBe(3);
    expect(verdict({ warrantyDays: 0 }, {})).toBe("warranty_none");
  });
});

test("an order that is not delivered, has nothing left or an open claim is not claimed", () => {
  expect(verdict({ status: "in_progress" }, {})).toBe("order_not_completed");
  expect(verdict({ status: "canceled" }, {})).toBe("order_not_completed");
  expect(verdict({ status: "partial" }, {})).toBe(3);
  expect(verdict({ hasOpenClaim: true }, {})).toBe("claim_open");
  expect(verdict({ items: [], lines: new Map() }, {})).toBe("warranty_over");
});

test("where lines are not items, one line may stand for many items, and many for one", () => {
  const byHand = { isByLine: false, items: [end, end, end], lines: new Map([[1, end]]) };
  expect(verdict(byHand, {})).toBe(3);
  expect(verdict(byHand, { places: [1] })).toBe(1);
  expect(verdict(byHand, { places: [1], quantity: 3 })).toBe(3);
  expect(claimedPlaces({ ...facts, ...byHand }, { quantity: 3, places: [] })).toEqual([1]);
  expect(claimedPlaces({ ...facts, ...byHand }, { quantity: 2, places: [] })).toEqual([]);
});

test("lines that nobody named are taken where it is all of them, else staff have to say", () => {
  expect(claimedPlaces(facts, { quantity: 3, places: [] })).toEqual([1, 2, 5]);
  expect(claimedPlaces(facts, { quantity: 2, places: [] })).toBeUndefined();
  expect(claimedPlaces(facts, { quantity: 2, places: [2, 5] })).toEqual([2, 5]);
  expect(claimedPlaces(facts, { quantity: 2, places: [2] })).toBeUndefined();
  expect(claimedPlaces(facts, { quantity: 1, places: [4] })).toBeUndefined();
});

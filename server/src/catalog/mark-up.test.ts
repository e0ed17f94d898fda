import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatAmount, one, parseAmount, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { checkMarkUp, markUpFromJson, markUpJson, markUpOf, sellingRate } from "./mark-up.ts";
import type { MarkUp } from "./mark-up.ts";

function amount(text: string): Amount {
  const parsed = parseAmount(text);
  if (parsed === undefined) throw new Error(`${text} is no amount`);
  return parsed;
}

const markUp: MarkUp = {
  percent: amount("25"),
  fixed: amount("0.10"),
  decimals: 3,
  bands: [
    { costUpTo: amount("10"), percent: amount("40"), fixed: zero },
    { costUpTo: amount("1"), percent: amount("100"), fixed: amount("0.05") },
  ],
};

describe("a mark-up", () => {
  test.each([
    ["0.00001", "0.051"],
    ["1", "2.05"],
    ["1.00000001", "1.401"],
    ["10", "14"],
    ["10.01", "12.613"],
  ])("makes of a cost of %s the rate %s: the lowest band that fits, rounded up", (cost, rate) => {
    expect(formatAmount(sellingRate(amount(cost), markUp), 0)).toBe(rate);
  });

  test("never makes less of a cost than it is, and rounds by less than its last decimal", () => {
    const units = (max: bigint) => fc.bigInt({ min: 0n, max }).map((value) => value as Amount);
    fc.assert(
      fc.property(
        units(10n ** 18n),
        units(1000n * one),
        units(100n * one),
        fc.integer({ min: 2, max: 5 }),
        (cost, percent, fixed, decimals) => {
          const rate = sellingRate(cost, { percent, fixed, decimals, bands: [] });
          const step = 10n ** BigInt(8 - decimals);
          const hundred = 100n * one;
          const exact = cost * (hundred + percent) + fixed * hundred;
          expect(rate % step).toBe(0n);
          expect(rate * hundred).toBeGreaterThanOrEqual(exact);
          expect((rate - step) * hundred).toBeLessThan(exact);
        },
      ),
    );
  });

  test("is read as it was written", () => {
    const stored = JSON.parse(JSON.stringify(markUpJson(markUp))) as Record<string, unknown>;
    expect(markUpFromJson(stored)).toEqual(markUp);
  });

  test.each([
    ["below zero", markUpOf(amount("-1"))],
    ["above 100000 per cent", markUpOf(amount("100001"))],
    ["with a fixed part below zero", { ...markUp, fixed: amount("-0.1") }],
    ["with six decimals", { ...markUp, decimals: 6 }],
    ["with one decimal", { ...markUp, decimals: 1 }],
    ["with a band of nothing", { ...markUp, bands: [{ ...markUp, costUpTo: zero }] }],
  ])("%s is refused", (_, wrong) => {
    expect(checkMarkUp(wrong)).toMatchObject({ ok: false });
    expect(checkMarkUp(markUp)).toMatchObject({ ok: true });
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decimalFromAmount } from "#values/money.ts";
import { readCost } from "./read-cost.ts";

const read = (value: unknown) => {
  const cost = readCost(value);
  return cost === undefined ? undefined : decimalFromAmount(cost);
};

describe("a provider's price", () => {
  test.each([
    ["0.90", "0.90000000"],
    [" 18.75 ", "18.75000000"],
    [0.41022, "0.41022000"],
    [9600, "9600.00000000"],
    ["1.2e-3", "0.00120000"],
    [1e-7, "0.00000010"],
    ["5E2", "500.00000000"],
    [".5", "0.50000000"],
    ["7.", "7.00000000"],
    ["-1", "-1.00000000"],
    [0, "0.00000000"],
  ])("%j is read exactly", (value, expected) => {
    expect(read(value)).toBe(expected);
  });

  test.each([
    [2199.1200000000003, "2199.12000001"],
    ["0.000000001", "0.00000001"],
    ["1.123456780", "1.12345678"],
  ])("%j is rounded up to 8 decimals, never down", (value, expected) => {
    expect(read(value)).toBe(expected);
  });

  test.each([
    ["", "1,5", "free", "1.2.3", "0x10", "1e99", ".", "e5", "∞", "1_000", "12345678901234567"],
    [Number.NaN, Number.POSITIVE_INFINITY, null, undefined, true, {}, [1], 1e21],
  ])("what is no price is none", (...values) => {
    for (const value of values) expect(readCost(value)).toBeUndefined();
  });

  test("is never less than what was written, and less than 10^-8 more", () => {
    const digits = fc.bigInt({ min: 0n, max: 10n ** 20n });
    fc.assert(
      fc.property(
        digits,
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: -8, max: 0 }),
        (n, decimals, exponent) => {
          const padded = n.toString().padStart(decimals + 1, "0");
          const point = padded.length - decimals;
          const written = `${padded.slice(0, point)}.${padded.slice(point)}0e${exponent}`;
          const cost = readCost(written);
          if (cost === undefined) return n >= 10n ** BigInt(16 + decimals - exponent);
          // Both sides in units of 10^-(decimals - exponent + 8).
          const scale = 10n ** BigInt(decimals - exponent);
          const exact = n * 10n ** 8n;
          return cost * scale >= exact && cost * scale - exact < scale;
        },
      ),
    );
  });
});

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
    ["2199.123456781", "2199.12345679"],
    ["0.000000001", "0.00000001"],
    ["1.123456780", "1.12345678"],
    // Fewer digits than a double tells apart, and digits that no double prints, may be meant.
    [0.96000000000001, "0.96000001"],
    ["0.960000000000000001", "0.96000001"],
    ["1000000000.0000001", "1000000000.00000010"],
    ["0.9600000000001234", "0.96000001"],
  ])("%j is rounded up to 8 decimals, never down", (value, expected) => {
    expect(read(value)).toBe(expected);
  });

  test.each([
    ["", "1,5", "free", "1.2.3", "0x10", "1e99", ".", "e5", "∞", "1_000", "12345678901234567"],
    [Number.NaN, Number.POSITIVE_INFINITY, null, undefined, true, {}, [1], 1e21],
  ])("what is no price is none", (...values) => {
    for (const value of values) expect(readCost(value)).toBeUndefined();
  });

  test.each([
    [0.9600000000000001, "0.96000000"],
    ["0.9600000000000001", "0.96000000"],
    ["0.30000000000000004", "0.30000000"],
    ["1.1999999999999999", "1.20000000"],
    [1.19 + 0.01, "1.20000000"],
    ["11.549999999999999", "11.55000000"],
    [2199.1200000000003, "2199.12000000"],
    ["9.600000000000001e-1", "0.96000000"],
    ["9600000000000001E-16", "0.96000000"],
    [1e-7 * 3, "0.00000030"],
    ["0.96000000000000010", "0.96000000"],
    ["0.96000000000000007549516567451064", "0.96000000"],
    // Of single precision.
    [Math.fround(1.2), "1.20000000"],
    ["0.9599999785423279", "0.96000000"],
  ])("%j is a short price and the noise of a double: %s", (value, expected) => {
    expect(read(value)).toBe(expected);
  });

  test("of a few digits comes through a sum or a product of doubles as it was meant", () => {
    // Of millions the steps of a double are so wide that its noise could be meant.
    const short = fc
      .record({
        digits: fc.integer({ min: 1, max: 999_999_999 }),
        decimals: fc.integer({ min: 0, max: 8 }),
      })
      .filter(({ digits, decimals }) => digits / 10 ** decimals < 1_000_000);
    fc.assert(
      fc.property(short, fc.integer({ min: -2, max: 2 }), ({ digits, decimals }, steps) => {
        const meant = Number(`${digits}e-${decimals}`);
        const step = 2 ** (Math.floor(Math.log2(meant)) - 52);
        return read(meant + steps * step) === read(meant);
      }),
    );
  });

  test("of 6 digits comes through single precision as it was meant", () => {
    const price = fc.tuple(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: 0, max: 8 }));
    fc.assert(
      fc.property(price, ([digits, decimals]) => {
        const meant = Number(`${digits}e-${decimals}`);
        const single = Math.fround(meant);
        // What keeps few digits may be meant as it stands.
        const [written = ""] = single.toExponential().replace(".", "").split("e");
        return written.length < 16 || read(single) === read(meant);
      }),
    );
  });

  test("of at most 15 digits, or of at most 8 decimals, is never another than what was written", () => {
    const up = (n: bigint, by: bigint) => (n + by - 1n) / by;
    const written = fc.oneof(
      fc.record({
        digits: fc.bigInt({ min: 1n, max: 10n ** 15n - 1n }),
        decimals: fc.integer({ min: 0, max: 20 }),
      }),
      fc.record({
        digits: fc.bigInt({ min: 1n, max: 10n ** 17n - 1n }),
        decimals: fc.integer({ min: 2, max: 8 }),
      }),
    );
    fc.assert(
      fc.property(written, ({ digits, decimals }) => {
        const units =
          decimals > 8
            ? up(digits, 10n ** BigInt(decimals - 8))
            : digits * 10n ** BigInt(8 - decimals);
        return readCost(`${digits}e-${decimals}`) === units;
      }),
    );
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

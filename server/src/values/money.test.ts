import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  amountFromDecimal,
  chargeMax,
  chargePerPiece,
  chargePerThousand,
  decimalFromAmount,
  effectiveRate,
  formatAmount,
  keptCharge,
  parseAmount,
  percentOf,
  unitsPerOne,
} from "./money.ts";
import type { Amount, EffectiveRate } from "./money.ts";

const chargeUnitsMax: bigint = chargeMax;
const anyAmount = fc.bigInt({ min: -chargeUnitsMax, max: chargeUnitsMax });
/** A rate as it is shown and charged: at most 5 decimals. */
const rate = fc.bigInt({ min: 0n, max: 10n ** 12n }).map((steps) => effectiveRate(steps * 1000n));
const quantity = fc.integer({ min: 0, max: 10_000_000 });

describe("a charge", () => {
  test("is exact for every rate of up to 5 decimals", () => {
    fc.assert(
      fc.property(rate, quantity, (rate, quantity) => {
        expect(chargePerThousand(rate, quantity) * 1000n).toBe(rate * BigInt(quantity));
        expect(chargePerPiece(rate, quantity)).toBe(rate * BigInt(quantity));
      }),
    );
  });

  test("of an order that is split neither gains nor loses", () => {
    fc.assert(
      fc.property(rate, quantity, quantity, (rate, a, b) => {
        const split = chargePerThousand(rate, a) + chargePerThousand(rate, b);
        expect(split).toBe(chargePerThousand(rate, a + b));
      }),
    );
  });

  test("never exceeds what numeric(28,8) holds, as long as it is below the highest", () => {
    expect(decimalFromAmount(chargeMax)).toBe("1000000000000000.00000000");
  });
});

describe("what is kept of a charge", () => {
  const order = fc.record({ rate, quantity: fc.integer({ min: 1, max: 10_000_000 }) });

  test("is what the delivered pieces cost by themselves", () => {
    fc.assert(
      fc.property(
        order,
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ rate, quantity }, share) => {
          const delivered = Math.floor(quantity * share);
          const charge = chargePerThousand(rate, quantity);
          expect(keptCharge(charge, quantity, delivered)).toBe(chargePerThousand(rate, delivered));
        },
      ),
    );
  });

  test("is everything of what was delivered whole, and nothing of what was not begun", () => {
    fc.assert(
      fc.property(order, ({ rate, quantity }) => {
        const charge = chargePerThousand(rate, quantity);
        expect(keptCharge(charge, quantity, quantity)).toBe(charge);
        expect(keptCharge(charge, quantity, 0)).toBe(0n);
      }),
    );
  });

  test("falls as less was delivered, so that refunds step by step add up to one refund", () => {
    fc.assert(
      fc.property(order, fc.array(fc.nat(), { maxLength: 20 }), ({ rate, quantity }, seeds) => {
        const charge = chargePerThousand(rate, quantity);
        const deliveries = seeds.map((seed) => seed % (quantity + 1)).toSorted((a, b) => b - a);
        let refunded = 0n;
        for (const delivered of deliveries) {
          const due = charge - keptCharge(charge, quantity, delivered);
          expect(due).toBeGreaterThanOrEqual(refunded);
          refunded = due;
          expect(refunded).toBeLessThanOrEqual(charge);
        }
      }),
    );
  });

  test("of an order of nothing is its whole charge", () => {
    expect(keptCharge(5n as Amount, 0, 0)).toBe(5n);
  });
});

describe("an effective rate", () => {
  test("is rounded up, by less than 0.00001", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: chargeUnitsMax }), (units) => {
        const rounded = effectiveRate(units);
        expect(rounded % 1000n).toBe(0n);
        expect(rounded - units).toBeGreaterThanOrEqual(0n);
        expect(rounded - units).toBeLessThan(1000n);
      }),
    );
  });

  test("that is already one stays as it is", () => {
    fc.assert(fc.property(rate, (rate: EffectiveRate) => effectiveRate(rate) === rate));
  });

  test("is never negative", () => {
    expect(() => effectiveRate(-1n)).toThrow(RangeError);
  });
});

test("per cent of an amount is rounded up, by less than the smallest unit", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 20n }),
      fc.bigInt({ min: 0n, max: 1000n * unitsPerOne }),
      (amount, percent) => {
        const whole = 100n * unitsPerOne;
        const part = percentOf(amount, percent);
        expect(part * whole).toBeGreaterThanOrEqual(amount * percent);
        expect((part - 1n) * whole).toBeLessThan(amount * percent);
      },
    ),
  );
  expect(percentOf(unitsPerOne, 100n * unitsPerOne)).toBe(unitsPerOne);
});

describe("amounts as text", () => {
  test("come back as they went out, with every number of decimals", () => {
    fc.assert(
      fc.property(anyAmount, fc.integer({ min: 0, max: 8 }), (units, decimals) => {
        expect(parseAmount(formatAmount(units, decimals))).toBe(units);
        expect(parseAmount(decimalFromAmount(units))).toBe(units);
        expect(amountFromDecimal(decimalFromAmount(units))).toBe(units);
      }),
    );
  });

  test("have at least the decimals that are asked for and no zeros beyond", () => {
    fc.assert(
      fc.property(anyAmount, fc.integer({ min: 0, max: 8 }), (units, decimals) => {
        const fraction = formatAmount(units, decimals).split(".")[1] ?? "";
        expect(fraction.length).toBeGreaterThanOrEqual(decimals);
        if (fraction.length > decimals) expect(fraction).not.toMatch(/0$/);
      }),
    );
  });

  test.each([
    [90_000_000n, 2, "0.90"],
    [90_000_000n, 0, "0.9"],
    [800_000_000n, 2, "8.00"],
    [800_000_000n, 0, "8"],
    [27_819_000n, 2, "0.27819"],
    [1n, 2, "0.00000001"],
    [-1n, 2, "-0.00000001"],
    [-150_000_000n, 2, "-1.50"],
    [0n, 0, "0"],
    [10_000_000_000n, 0, "100"],
  ])("%d with at least %d decimals reads %s", (units, decimals, text) => {
    expect(formatAmount(units, decimals)).toBe(text);
  });

  test.each([
    "",
    " ",
    " 1",
    "1 ",
    "+1",
    "--1",
    ".5",
    "5.",
    "1,5",
    "1e3",
    "0x1",
    "1.123456789",
    "12345678901234567",
    "NaN",
    "Infinity",
    "١",
    "1\n",
    "1.-5",
  ])("%j is no amount", (text) => {
    expect(parseAmount(text)).toBeUndefined();
  });

  test("no text whatever is read as something else than it says", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const units = parseAmount(text);
        if (units !== undefined) expect(amountFromDecimal(text)).toBe(units);
      }),
    );
  });
});

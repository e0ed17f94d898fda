import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ServiceId } from "#values/ids.ts";
import { unitsPerOne } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { priceFor } from "./price.ts";
import type { CustomerPrices, CustomRate } from "./price.ts";

const id = 1 as ServiceId;
const listRate = fc.bigInt({ min: 1n, max: 10n ** 18n }).map((units) => units as Amount);
const percent = fc.bigInt({ min: 0n, max: 100n * unitsPerOne }).map((units) => units as Amount);

function prices(discountPercent: bigint, custom?: CustomRate): CustomerPrices {
  const customRates = new Map<ServiceId, CustomRate>(custom === undefined ? [] : [[id, custom]]);
  return { discountPercent: discountPercent as Amount, customRates, version: 1 };
}

describe("a price", () => {
  test("has at most 5 decimals and lies less than 0.00001 above the exact one", () => {
    fc.assert(
      fc.property(listRate, percent, (rate, discount) => {
        const price = priceFor({ id, rate }, prices(discount));
        const whole = 100n * unitsPerOne;
        const exact = rate * (whole - discount);
        expect(price % 1000n).toBe(0n);
        expect(price * whole).toBeGreaterThanOrEqual(exact);
        expect((price - 1000n) * whole).toBeLessThan(exact);
      }),
    );
  });

  test("without a discount is the list's", () => {
    fc.assert(
      fc.property(listRate, (rate) => {
        const price = priceFor({ id, rate }, prices(0n));
        expect(price - rate).toBeGreaterThanOrEqual(0n);
        expect(price - rate).toBeLessThan(1000n);
      }),
    );
  });

  test("falls as the discount grows", () => {
    fc.assert(
      fc.property(listRate, percent, percent, (rate, a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        const service = { id, rate };
        expect(priceFor(service, prices(more))).toBeLessThanOrEqual(
          priceFor(service, prices(less)),
        );
      }),
    );
  });

  test("of the customer's own replaces the discount", () => {
    fc.assert(
      fc.property(listRate, listRate, percent, (rate, own, discount) => {
        const fixed = priceFor({ id, rate }, prices(discount, { kind: "fixed", rate: own }));
        expect(fixed).toBe(priceFor({ id, rate: own }, prices(0n)));
        const half = { kind: "percent", percent: (50n * unitsPerOne) as Amount } as const;
        const halved = priceFor({ id, rate }, prices(discount, half));
        expect(halved).toBe(priceFor({ id, rate }, prices(50n * unitsPerOne)));
      }),
    );
  });

  test("of another service's own rate is not this one's", () => {
    const rates = new Map<ServiceId, CustomRate>([
      [2 as ServiceId, { kind: "fixed", rate: unitsPerOne as Amount }],
    ]);
    const rate = (5n * unitsPerOne) as Amount;
    const ofOther = { discountPercent: 0n as Amount, customRates: rates, version: 1 };

    expect(priceFor({ id, rate }, ofOther)).toBe(rate);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ServiceId } from "#values/ids.ts";
import { chargePerThousand, costPerThousand, unitsPerOne } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { agreedRate, floorRate, priceFor } from "./price.ts";
import type { CustomRate } from "./custom-rate.ts";
import type { CustomerPrices, MarginPolicy, PanelMargin } from "./price.ts";

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
        const price = agreedRate({ id, rate }, prices(discount));
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
        const price = agreedRate({ id, rate }, prices(0n));
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
        expect(agreedRate(service, prices(more))).toBeLessThanOrEqual(
          agreedRate(service, prices(less)),
        );
      }),
    );
  });

  test("of the customer's own replaces the discount", () => {
    fc.assert(
      fc.property(listRate, listRate, percent, (rate, own, discount) => {
        const fixed = agreedRate({ id, rate }, prices(discount, { kind: "fixed", rate: own }));
        expect(fixed).toBe(agreedRate({ id, rate: own }, prices(0n)));
        const half = { kind: "percent", percent: (50n * unitsPerOne) as Amount } as const;
        const halved = agreedRate({ id, rate }, prices(discount, half));
        expect(halved).toBe(agreedRate({ id, rate }, prices(50n * unitsPerOne)));
      }),
    );
  });

  test("of another service's own rate is not this one's", () => {
    const rates = new Map<ServiceId, CustomRate>([
      [2 as ServiceId, { kind: "fixed", rate: unitsPerOne as Amount }],
    ]);
    const rate = (5n * unitsPerOne) as Amount;
    const ofOther = { discountPercent: 0n as Amount, customRates: rates, version: 1 };

    expect(agreedRate({ id, rate }, ofOther)).toBe(rate);
  });
});

describe("the margin", () => {
  const cost = fc.bigInt({ min: 0n, max: 10n ** 18n }).map((units) => units as Amount);
  const margins = fc.bigInt({ min: 0n, max: 300n * unitsPerOne }).map((units) => units as Amount);
  const policies = fc.constantFrom<MarginPolicy>("raise", "stop", "allow");
  const quantities = fc.integer({ min: 1, max: 10_000_000 });

  function sold(rate: Amount, itsCost: Amount | undefined) {
    return { id, rate, cost: itsCost, marginPercent: undefined, belowMargin: undefined };
  }

  test("holds for every sale, whatever rate or discount was agreed on", () => {
    fc.assert(
      fc.property(
        fc.record({ rate: listRate, own: listRate, cost, percent: margins, belowMargin: policies }),
        percent,
        quantities,
        (given, discount, quantity) => {
          const margin: PanelMargin = given;
          const service = sold(given.rate, given.cost);
          for (const terms of [
            prices(discount),
            prices(discount, { kind: "fixed", rate: given.own }),
            prices(discount, { kind: "percent", percent: given.percent }),
          ]) {
            const price = priceFor(service, terms, margin);
            if (price === undefined) {
              expect(margin.belowMargin).toBe("stop");
              continue;
            }
            if (margin.belowMargin === "allow") {
              expect(price).toBe(agreedRate(service, terms));
              continue;
            }
            // Exactly, before anything is rounded.
            const whole = 100n * unitsPerOne;
            expect(price * whole).toBeGreaterThanOrEqual(given.cost * (whole + margin.percent));
            // And so does every order: less than a unit of 10^-8 is lost to the rounding of its cost.
            const charge = chargePerThousand(price, quantity);
            const frozen = costPerThousand(given.cost, quantity);
            expect(charge).toBeGreaterThanOrEqual(frozen);
            expect((charge + 4n) * whole).toBeGreaterThanOrEqual(frozen * (whole + margin.percent));
          }
        },
      ),
    );
  });

  test("changes no price that lies above it", () => {
    fc.assert(
      fc.property(listRate, percent, policies, (rate, discount, belowMargin) => {
        const terms = prices(discount);
        const service = sold(rate, agreedRate({ id, rate }, terms) as bigint as Amount);
        const margin: PanelMargin = { percent: 0n as Amount, belowMargin };
        expect(priceFor(service, terms, margin)).toBe(agreedRate(service, terms));
        expect(priceFor(sold(rate, undefined), terms, margin)).toBe(agreedRate(service, terms));
      }),
    );
  });

  test("of the service's own replaces the panel's", () => {
    const panel: PanelMargin = { percent: (50n * unitsPerOne) as Amount, belowMargin: "raise" };
    const rate = (10n * unitsPerOne) as Amount;
    const service = { ...sold(rate, rate), marginPercent: (20n * unitsPerOne) as Amount };

    expect(priceFor(service, prices(0n), panel)).toBe(12n * unitsPerOne);
    expect(floorRate(service, panel)).toBe(12n * unitsPerOne);
    expect(priceFor({ ...service, belowMargin: "allow" }, prices(0n), panel)).toBe(rate);
    expect(priceFor({ ...service, belowMargin: "stop" }, prices(0n), panel)).toBeUndefined();
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CustomRate } from "#catalog/custom-rate.ts";
import type { MarginPolicy, PanelMargin } from "#catalog/price.ts";
import { amount } from "#test/panel.ts";
import { unitsPerOne } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { productRate } from "./product-price.ts";
import type { PricedProduct } from "./product-price.ts";

const whole = 100n * unitsPerOne;
const units = (min: bigint, max: bigint) => fc.bigInt({ min, max }).map((each) => each as Amount);
const listRate = units(1n, 10n ** 19n);
const share = units(0n, whole);
const off = units(1n, whole - 1n);
const quantity = fc.integer({ min: 1, max: 10_000 });
const noMargin: PanelMargin = { percent: 0n as Amount, belowMargin: "stop" };
const custom = fc.oneof(
  fc.constant(undefined),
  listRate.map((rate): CustomRate => ({ kind: "fixed", rate })),
  units(1n, 10n * whole).map((percent): CustomRate => ({ kind: "percent", percent })),
);

function product(rate: Amount, given: Partial<PricedProduct> = {}): PricedProduct {
  return {
    rate,
    discounts: [],
    cost: undefined,
    marginPercent: undefined,
    belowMargin: undefined,
    ...given,
  };
}

describe("the price of one item", () => {
  test("is rounded once: at most 5 decimals, less than 0.00001 above the exact one", () => {
    fc.assert(
      fc.property(listRate, share, custom, off, quantity, (rate, discount, own, percent, many) => {
        const sold = product(rate, { discounts: [{ quantityFrom: 1, percent }] });
        const price = productRate(sold, { discountPercent: discount, custom: own }, many, noMargin);

        const base = own?.kind === "fixed" ? own.rate : rate;
        const kept =
          own?.kind === "fixed" ? whole : own === undefined ? whole - discount : own.percent;
        const exact = base * kept * (whole - percent);
        if (price === undefined) throw new Error("it is sold");
        expect(price % 1000n).toBe(0n);
        expect(price * whole * whole).toBeGreaterThanOrEqual(exact);
        expect((price - 1000n) * whole * whole).toBeLessThan(exact);
      }),
    );
  });

  test("without terms is the list's", () => {
    fc.assert(
      fc.property(listRate, quantity, (rate, many) => {
        const terms = { discountPercent: 0n as Amount, custom: undefined };
        const price = productRate(product(rate), terms, many, noMargin) ?? 0n;
        expect(price - rate).toBeGreaterThanOrEqual(0n);
        expect(price - rate).toBeLessThan(1000n);
      }),
    );
  });

  test("of the customer's own replaces the discount", () => {
    fc.assert(
      fc.property(listRate, listRate, share, (rate, own, discountPercent) => {
        const fixed = { kind: "fixed", rate: own } as const;
        const none = { discountPercent: 0n as Amount, custom: undefined };
        expect(productRate(product(rate), { discountPercent, custom: fixed }, 1, noMargin)).toBe(
          productRate(product(own), none, 1, noMargin),
        );
      }),
    );
  });

  test("takes the discount of the highest number that is reached", () => {
    const discounts = [
      { quantityFrom: 10, percent: amount("5") },
      { quantityFrom: 100, percent: amount("20") },
    ];
    const sold = product(amount("10"), { discounts });
    const at = (many: number, own?: CustomRate) =>
      productRate(sold, { discountPercent: amount("0"), custom: own }, many, noMargin);

    expect([1, 9, 10, 99, 100, 10_000].map((many) => at(many))).toEqual(
      ["10", "10", "9.5", "9.5", "8", "8"].map(amount),
    );
    expect(at(100, { kind: "fixed", rate: amount("5") })).toBe(amount("4"));
  });

  test("never lies below the margin, whatever was agreed on, unless that is allowed", () => {
    const policies = fc.constantFrom<MarginPolicy>("raise", "stop", "allow");
    fc.assert(
      fc.property(
        fc.record({ rate: listRate, cost: listRate, percent: share, belowMargin: policies, off }),
        custom,
        (given, own) => {
          const margin: PanelMargin = given;
          const discounts = [{ quantityFrom: 1, percent: given.off }];
          const sold = product(given.rate, { cost: given.cost, discounts });
          const terms = { discountPercent: 0n as Amount, custom: own };
          const price = productRate(sold, terms, 1, margin);
          const agreed = productRate({ ...sold, cost: undefined }, terms, 1, margin) ?? 0n;
          if (given.belowMargin === "allow") {
            expect(price).toBe(agreed);
            return;
          }
          if (price === undefined) expect(given.belowMargin).toBe("stop");
          else {
            expect(price * whole).toBeGreaterThanOrEqual(given.cost * (whole + given.percent));
            expect(price).toBeGreaterThanOrEqual(agreed);
          }
        },
      ),
    );
  });
});

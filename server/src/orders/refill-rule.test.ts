import fc from "fast-check";
import { expect, test } from "vitest";
import { checkRefillTerms, refillTermsDefault, refillWays } from "#catalog/refill-terms.ts";
import type { RefillTerms } from "#catalog/refill-terms.ts";
import type { ServiceId } from "#values/ids.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { dropOf, offersRefill, refillQuantity, refillVerdict } from "./refill-rule.ts";
import type { LastRefill, RefillFacts, RefillRefusal } from "./refill-rule.ts";

const hourMs = 3_600_000;
const epoch = Date.UTC(2026, 0, 1);
const at = (hours: number) => new Date(epoch + hours * hourMs);

const maybe = (max: number, min = 0) => fc.option(fc.integer({ min, max }), { nil: undefined });
const terms: fc.Arbitrary<RefillTerms> = fc
  .record({
    days: maybe(40),
    afterHours: fc.integer({ min: 0, max: 100 }),
    betweenHours: fc.integer({ min: 0, max: 100 }),
    dropMin: maybe(50, 1),
    dropPercent: maybe(100, 1),
    by: fc.constantFrom(...refillWays),
    serviceId: fc.constant(1 as ServiceId),
    percent: maybe(100, 1),
  })
  .filter((each) => checkRefillTerms(each) === undefined);
const service = fc.record({ refill: fc.boolean(), refillTerms: terms });
const statuses: OrderStatus[] = [
  "pending",
  "processing",
  "in_progress",
  "completed",
  "partial",
  "canceled",
];
const order: fc.Arbitrary<RefillFacts> = fc.record({
  status: fc.constantFrom(...statuses),
  quantity: fc.integer({ min: 0, max: 1000 }),
  startCount: maybe(1000),
  remains: fc.integer({ min: -100, max: 1000 }),
  endedAt: fc.integer({ min: 0, max: 1000 }).map(at),
});
const last: fc.Arbitrary<LastRefill | undefined> = fc.option(
  fc.record({ isOpen: fc.boolean(), askedAt: fc.integer({ min: 0, max: 1000 }).map(at) }),
  { nil: undefined },
);
const moment = fc.record({
  now: fc.integer({ min: 0, max: 3000 }).map(at),
  currentCount: maybe(2000),
});

test("the flag never contradicts the request: without it every request is refused as disabled, with it none is", () => {
  fc.assert(
    fc.property(service, order, last, moment, (sold, placed, before, when) => {
      const refusal = refillVerdict(sold, placed, before, when);
      return (refusal?.code === "refill_disabled") === !offersRefill(sold);
    }),
  );
});

test("with the flag every delivered order can be refilled at some time", () => {
  fc.assert(
    fc.property(service, order, (sold, placed) => {
      fc.pre(offersRefill(sold));
      const delivered = { ...placed, status: "completed" as const };
      const { days, afterHours } = sold.refillTerms;
      const now = new Date(placed.endedAt.getTime() + afterHours * hourMs);
      expect(refillVerdict(sold, delivered, undefined, { now })).toBeUndefined();
      if (days === undefined) return;
      const over = new Date(placed.endedAt.getTime() + days * 24 * hourMs + 1);
      const verdict = refillVerdict(sold, delivered, undefined, { now: over });
      expect(verdict).toEqual({ code: "refill_expired" });
    }),
  );
});

test("each refusal is reached, and only where its own reason holds", () => {
  const reached = new Map<string, number>();
  fc.assert(
    fc.property(service, order, last, moment, (sold, placed, before, when) => {
      const refusal = refillVerdict(sold, placed, before, when);
      reached.set(refusal?.code ?? "granted", (reached.get(refusal?.code ?? "granted") ?? 0) + 1);
      const isDelivered = placed.status === "completed" || placed.status === "partial";
      expect(refusal?.code === "order_not_completed").toBe(offersRefill(sold) && !isDelivered);
      if (refusal?.code === "refill_open") expect(before?.isOpen).toBe(true);
      if (refusal?.code === "refill_too_early") {
        const { afterHours, betweenHours } = sold.refillTerms;
        expect([afterHours, betweenHours]).toContain(refusal.hours);
        const later = new Date(
          Math.max(placed.endedAt.getTime(), before?.askedAt.getTime() ?? 0) +
            Math.max(afterHours, betweenHours) * hourMs,
        );
        const then = refillVerdict(sold, placed, before, { ...when, now: later });
        expect(then?.code).not.toBe("refill_too_early");
      }
    }),
    { numRuns: 5000 },
  );
  const codes: (RefillRefusal["code"] | "granted")[] = [
    "granted",
    "order_not_completed",
    "refill_disabled",
    "refill_drop_small",
    "refill_expired",
    "refill_open",
    "refill_too_early",
  ];
  expect([...reached.keys()].toSorted()).toEqual(codes);
});

test("a longer wait is never shorter: what is granted now is granted later, until the days are over", () => {
  fc.assert(
    fc.property(service, order, last, moment, fc.nat(5000), (sold, placed, before, when, more) => {
      if (refillVerdict(sold, placed, before, when) !== undefined) return;
      const now = new Date(when.now.getTime() + more * hourMs);
      const then = refillVerdict(sold, placed, before, { ...when, now });
      expect([undefined, "refill_expired"]).toContain(then?.code);
    }),
    { numRuns: 2000 },
  );
});

test("the drop is what is missing of what was delivered, never more than that", () => {
  const placed = { quantity: 1000, startCount: 50, remains: 200 };

  expect(dropOf(placed, 700)).toBe(150);
  expect(dropOf(placed, 0)).toBe(800);
  expect(dropOf(placed, 900)).toBe(0);
  expect(dropOf(placed, undefined)).toBeUndefined();
  expect(dropOf({ ...placed, startCount: undefined }, 10)).toBeUndefined();
  // What was delivered beyond the order was a gift.
  expect(dropOf({ quantity: 1000, startCount: 50, remains: -20 }, 1050)).toBe(0);
});

test("an own order is of what is missing, within the share; of the share where nobody knows", () => {
  const placed = { quantity: 1000, startCount: 0, remains: 0 };

  expect(refillQuantity({ percent: undefined }, placed, undefined)).toBeUndefined();
  expect(refillQuantity({ percent: undefined }, placed, 600)).toBe(400);
  expect(refillQuantity({ percent: 30 }, placed, undefined)).toBe(300);
  expect(refillQuantity({ percent: 30 }, placed, 600)).toBe(300);
  expect(refillQuantity({ percent: 30 }, placed, 900)).toBe(100);
});

test("terms without a moment at which a refill is granted are refused", () => {
  const of = (change: Partial<RefillTerms>) =>
    checkRefillTerms({ ...refillTermsDefault, ...change });

  expect(of({})).toBeUndefined();
  expect(of({ days: 0 })).toBeUndefined();
  expect(of({ days: 1, afterHours: 23 })).toBeUndefined();
  expect(of({ days: 1 })).toMatchObject({ code: "refill_terms_invalid" });
  expect(of({ by: "order" })).toMatchObject({ code: "refill_terms_invalid" });
  expect(of({ percent: 101 })).toMatchObject({ code: "refill_terms_invalid" });
});

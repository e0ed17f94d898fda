import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ProviderOrderState } from "#providers/connector.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { exchanged, unitsPerOne } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { orderTransitions } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { followState, isQuiet } from "./follow-state.ts";
import type { FollowedOrder } from "./followed.sql.ts";

const one = unitsPerOne as Amount;
const units = (amount: number) => BigInt(Math.round(amount * 100_000_000)) as Amount;

const order: FollowedOrder = {
  accountId: 1 as AccountId,
  orderId: 1 as OrderId,
  providerOrder: "77",
  status: "in_progress",
  quantity: 100,
  startCount: 5,
  remains: 60,
  refunded: 0n as Amount,
  charge: units(2),
  cost: units(1),
  bookedCost: units(1),
  costBookings: 1,
  note: undefined,
  ageSeconds: 100,
  desk: [],
};

type Said = Extract<ProviderOrderState, { kind: "state" }>;

function said(status: OrderStatus | undefined, more: Partial<Said> = {}): ProviderOrderState {
  const charge = units(1);
  const word = status ?? "Awaiting";
  return { kind: "state", status, word, startCount: 5, remains: 60, charge, ...more };
}

const follow = (
  state: ProviderOrderState,
  {
    misses = 0,
    exchangeRate = one,
    ...change
  }: Partial<FollowedOrder> & {
    misses?: number;
    exchangeRate?: Amount;
  } = {},
) => followState({ ...order, ...change }, state, { misses, exchangeRate, currency: "USD" });

const missing: ProviderOrderState = { kind: "missing", reason: "Incorrect order ID" };

describe("what a provider says", () => {
  test("that is known already changes nothing", () => {
    const following = follow(said("in_progress"));
    expect(isQuiet(order, following)).toBe(true);
    expect(following.misses).toBe(0);
  });

  test("of a step forward is taken over, with start count, remains and charge", () => {
    const state = said("completed", { startCount: 7, remains: -2, charge: units(0.5) });
    expect(follow(state)).toMatchObject({
      status: "completed",
      startCount: 7,
      remains: -2,
      bookedCost: units(0.5),
      opens: undefined,
    });
  });

  test("leaves standing what it does not say", () => {
    const silent = { startCount: undefined, remains: undefined, charge: undefined };
    expect(follow(said("in_progress", silent))).toMatchObject({
      startCount: 5,
      remains: 60,
      bookedCost: units(1),
    });
    expect(follow(said("completed", silent))).toMatchObject({ status: "completed", remains: 0 });
  });

  test("may go between Processing and In progress as often as it likes", () => {
    expect(follow(said("processing"))).toMatchObject({ status: "processing", opens: undefined });
    expect(follow(said("in_progress"), { status: "processing" })).toMatchObject({
      status: "in_progress",
    });
  });

  test("backwards moves nothing but the cost, and staff see it", () => {
    const state = said("pending", { remains: 100, charge: units(0.25) });
    expect(follow(state)).toMatchObject({
      status: "in_progress",
      remains: 60,
      bookedCost: units(0.25),
      opens: { reason: "went_back", note: "It stood at In progress; the provider says Pending" },
    });
  });

  test("Completed with a rest is not believed", () => {
    expect(follow(said("completed", { remains: 3 }))).toMatchObject({
      status: "in_progress",
      remains: 3,
      opens: { reason: "completed_short" },
    });
  });

  test.each([undefined, 0, -1, 101])("Partial with remains %s is not believed", (remains) => {
    expect(follow(said("partial", { remains }))).toMatchObject({
      status: "in_progress",
      opens: { reason: "partial_unclear" },
    });
  });

  test("Partial with a part remaining, and Canceled, are final", () => {
    expect(follow(said("partial", { remains: 100 }))).toMatchObject({ status: "partial" });
    expect(follow(said("canceled", { charge: units(0) }))).toMatchObject({
      status: "canceled",
      bookedCost: 0n,
      note: undefined,
    });
  });

  test("Canceled that still costs is noted", () => {
    expect(follow(said("canceled")).note).toBe("Provider: canceled, and still charges 1.00");
  });
});

describe("what makes no sense", () => {
  test("is an unknown word: noted at once, on the desk the third time, never guessed", () => {
    const first = follow(said(undefined));
    expect(first).toMatchObject({
      status: "in_progress",
      note: 'Provider: unknown status "Awaiting"',
      misses: 1,
      opens: undefined,
    });
    expect(follow(said(undefined), { misses: 2 }).opens?.reason).toBe("status_unknown");
  });

  test("is an order that the provider does not know: on the desk the third time", () => {
    expect(follow(missing, { misses: 1 })).toMatchObject({ misses: 2, opens: undefined });
    expect(follow(missing, { misses: 2 })).toMatchObject({
      status: "in_progress",
      bookedCost: units(1),
      opens: { reason: "forgotten", note: "The provider does not know it: Incorrect order ID" },
    });
  });

  test("lies on the desk once, and leaves it by itself with the next sensible word", () => {
    const lying = { desk: ["forgotten", "unknown"] as const, misses: 9 };
    expect(isQuiet({ ...order, ...lying }, follow(missing, lying))).toBe(true);
    expect(follow(said("in_progress"), lying)).toMatchObject({ misses: 0, closes: ["forgotten"] });
  });

  test("is replaced in the note, and what people wrote stays", () => {
    const noted = follow(said(undefined), { note: "Ask Anna" }).note;
    expect(noted).toBe('Ask Anna Provider: unknown status "Awaiting"');
    expect(follow(said("in_progress"), { note: noted }).note).toBe("Ask Anna");
  });

  test("is stored without control characters and never in full length", () => {
    const { note } = follow(said(undefined, { word: `a\u0000b${"x".repeat(500)}` }));
    expect(note).not.toContain("\u0000");
    expect(note?.length).toBeLessThan(300);
  });
});

describe("a charge", () => {
  test("is taken in the panel's currency, rounded up", () => {
    const state = said("in_progress", { charge: 3n as Amount });
    expect(follow(state, { exchangeRate: units(0.5) }).bookedCost).toBe(2n);
  });

  test.each([
    ["below zero", units(-1), "-1.00 not booked"],
    ["of more than ten times what was expected", units(10.1), "10.10 not booked, 1.00 expected"],
  ])("%s is noted and not booked", (_, charge, words) => {
    const { note, bookedCost } = follow(said("in_progress", { charge }));
    expect(bookedCost).toBe(units(1));
    expect(note).toBe(`Provider: charge ${words}`);
  });

  test("of ten times is booked; without a cost it is measured by the selling price", () => {
    const charged = (charge: Amount, cost?: Amount) =>
      follow(said("in_progress", { charge }), { cost, bookedCost: 0n as Amount }).bookedCost;
    expect(charged(units(10), units(1))).toBe(units(10));
    expect(charged(units(20))).toBe(units(20));
    expect(charged(units(20.1))).toBe(0n);
    expect(charged(units(20.1), units(0))).toBe(0n);
  });
});

test("whatever a provider says, in whatever order: no illegal step, and the last good charge", () => {
  const statuses = ["pending", "processing", "in_progress", "completed", "partial", "canceled"];
  const word = fc.oneof(
    fc.constant(missing),
    fc.record({
      kind: fc.constant("state" as const),
      status: fc.constantFrom(undefined, ...(statuses as OrderStatus[])),
      word: fc.string(),
      startCount: fc.option(fc.integer(), { nil: undefined }),
      remains: fc.option(fc.integer({ min: -200, max: 300 }), { nil: undefined }),
      charge: fc.option(
        fc.bigInt({ min: -10n, max: 2_000_000_000n }).map((sum) => sum as Amount),
        { nil: undefined },
      ),
    }),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      let now: FollowedOrder = { ...order, status: "pending", bookedCost: 0n as Amount };
      let misses = 0;
      for (const state of words) {
        const next = followState(now, state, {
          misses,
          exchangeRate: one,
          currency: "USD",
        });
        const legal =
          next.status === now.status || orderTransitions[now.status].includes(next.status);
        expect(legal).toBe(true);
        const charge = state.kind === "state" ? state.charge : undefined;
        const isGood = charge !== undefined && charge >= 0n && charge <= units(10);
        expect(next.bookedCost).toBe(isGood ? exchanged(charge, one) : now.bookedCost);
        if (next.status === "completed") expect(next.remains).toBeLessThanOrEqual(0);
        now = { ...now, ...next, desk: now.desk };
        ({ misses } = next);
        if (["completed", "partial", "canceled"].includes(now.status)) return;
      }
    }),
  );
});

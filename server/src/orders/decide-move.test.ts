import fc from "fast-check";
import { expect, test } from "vitest";
import { amountFromDecimal, zero } from "#values/money.ts";
import { isFinal } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { decideMove } from "./decide-move.ts";
import type { MovableOrder, OrderMove } from "./decide-move.ts";

const statuses: readonly OrderStatus[] = [
  "pending",
  "processing",
  "in_progress",
  "completed",
  "partial",
  "canceled",
];
const note = fc.option(fc.constantFrom("slow", "looked at"), { nil: undefined });
const count = fc.integer({ min: -5, max: 1000 });
const newOrder = fc
  .record({ quantity: fc.integer({ min: 1, max: 1000 }), cents: fc.integer({ min: 0 }), note })
  .map(({ quantity, cents, ...rest }): MovableOrder => ({
    status: "pending",
    startCount: undefined,
    remains: quantity,
    refunded: zero,
    charge: amountFromDecimal(String(cents)),
    quantity,
    ...rest,
  }));
const move = fc.record(
  {
    status: fc.constantFrom(...statuses),
    startCount: fc.nat(),
    remains: count,
    note: fc.option(fc.constantFrom("slow", "looked at"), { nil: null }),
    undelivered: fc.nat(1000),
  },
  { requiredKeys: [] },
);

/** Where an order stands after moves, those that were refused left out. */
function walk(order: MovableOrder, moves: readonly OrderMove[]): MovableOrder {
  return moves.reduce((now, next) => {
    const decided = decideMove(now, next);
    return decided.ok ? { ...now, ...decided.value.after } : now;
  }, order);
}

test("whatever the moves, no more goes back than was paid, and nothing is taken back", () => {
  fc.assert(
    fc.property(newOrder, fc.array(move), move, (order, moves, next) => {
      const before = walk(order, moves);
      const decided = decideMove(before, next);
      if (!decided.ok) return;
      const { after, refund } = decided.value;
      expect(refund >= zero).toBe(true);
      expect(after.refunded).toBe(before.refunded + refund);
      expect(after.refunded <= order.charge).toBe(true);
    }),
  );
});

test("the same move again gives nothing back, is seen by nobody, and ends nothing", () => {
  fc.assert(
    fc.property(newOrder, fc.array(move), move, (order, moves, next) => {
      const before = walk(order, moves);
      const once = decideMove(before, next);
      if (!once.ok) return;
      expect(decideMove({ ...before, ...once.value.after }, next)).toMatchObject({
        ok: true,
        value: { refund: zero, hasMoved: false, isSeen: false, isEnd: false },
      });
    }),
  );
});

test("a Canceled keeps nothing, and only a step into a final status is an end", () => {
  fc.assert(
    fc.property(newOrder, fc.array(move), move, (order, moves, next) => {
      const before = walk(order, moves);
      const decided = decideMove(before, next);
      if (!decided.ok) return;
      const { after, isEnd, isSeen } = decided.value;
      if (after.status === "canceled") expect(after.refunded).toBe(order.charge);
      expect(isEnd).toBe(after.status !== before.status && isFinal(after.status));
      expect(isSeen || after.status === before.status).toBe(true);
    }),
  );
});

test("a note alone moves the order and is not seen outside", () => {
  fc.assert(
    fc.property(newOrder, (order) => {
      expect(decideMove(order, { note: "another" })).toMatchObject({
        ok: true,
        value: { hasMoved: true, isSeen: false, after: { note: "another" } },
      });
    }),
  );
});

import { add, keptCharge, subtract, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { isFinal, orderTransitions } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { deliveredOf } from "#values/quantity.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { OrderStand } from "./order-changes.sql.ts";
import { remainsAfter } from "./remains-after.ts";

/** Where an order is to stand. What is left out stays as it is. */
export type OrderMove = {
  readonly status?: OrderStatus;
  readonly startCount?: number | undefined;
  /** What is left to deliver. Negative where more was delivered than ordered. */
  readonly remains?: number;
  /** `null` removes the note. */
  readonly note?: string | null;
  /** Pieces that will never be delivered of an order that goes on. They are refunded at once. */
  readonly undelivered?: number;
};

export type MoveOrderRefusal =
  | { readonly code: "transition_illegal"; readonly from: OrderStatus; readonly to: OrderStatus }
  | { readonly code: "partial_needs_remains"; readonly quantity: number };

/** An order before a move. */
export type MovableOrder = OrderStand & {
  readonly quantity: number;
  readonly charge: Amount;
  readonly note: string | undefined;
};

/** All that a move does. */
export type DecidedMove = {
  readonly before: OrderStand;
  readonly after: OrderStand & { readonly note: string | undefined };
  /** What the customer gets back. */
  readonly refund: Amount;
  /** False where the order stays as it is, its note included. */
  readonly hasMoved: boolean;
  /** True where `status` on the wire changes. The change is recorded, and followers are told. */
  readonly isSeen: boolean;
  /** True where the move ends the order. */
  readonly isEnd: boolean;
};

/**
 * Decides what a move along the table of transitions does. A Partial refunds what was not
 * delivered, a Canceled refunds everything. A refund is never more than what is left of the charge,
 * and repeating the move refunds nothing.
 */
export function decideMove(
  before: MovableOrder,
  move: OrderMove,
): Result<DecidedMove, MoveOrderRefusal> {
  const status = move.status ?? before.status;
  if (status !== before.status && !orderTransitions[before.status].includes(status)) {
    return refused({ code: "transition_illegal", from: before.status, to: status });
  }
  const remains = remainsAfter(before, status, move.remains);
  if (status === "partial" && (remains < 1 || remains > before.quantity)) {
    return refused({ code: "partial_needs_remains", quantity: before.quantity });
  }
  const due = subtract(before.charge, keptOf(before, status, remains, move.undelivered));
  const refund = due > before.refunded ? subtract(due, before.refunded) : zero;
  const after = {
    status,
    remains,
    startCount: move.startCount ?? before.startCount,
    refunded: add(before.refunded, refund),
    note: move.note === null ? undefined : (move.note ?? before.note),
  };
  const isSeen =
    after.status !== before.status ||
    after.startCount !== before.startCount ||
    after.remains !== before.remains ||
    after.refunded !== before.refunded;
  const isEnd = isFinal(status) && status !== before.status;
  const hasMoved = isSeen || after.note !== before.note;
  return ok({ before, after, refund, hasMoved, isSeen, isEnd });
}

/** What the customer still pays for an order in this status. */
function keptOf(
  order: MovableOrder,
  status: OrderStatus,
  remains: number,
  undelivered = 0,
): Amount {
  switch (status) {
    case "canceled":
      return zero;
    case "partial":
      return keptCharge(order.charge, order.quantity, deliveredOf(order.quantity, remains));
    case "pending":
    case "processing":
    case "in_progress":
    case "completed":
      return undelivered > 0
        ? keptCharge(order.charge, order.quantity, deliveredOf(order.quantity, undelivered))
        : subtract(order.charge, order.refunded);
  }
}

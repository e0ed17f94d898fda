import type { Tx } from "#database/transaction.ts";
import type { Mover } from "#values/actor.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { add, keptCharge, subtract, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { deliveredOf } from "#values/quantity.ts";
import { isFinal, orderTransitions } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { recordOrderEvents } from "#events/record.sql.ts";
import { refundOrder } from "#ledger/movements/refund-order.ts";
import { endOrders } from "./end-orders.ts";
import { lockOrder, updateOrder } from "./orders.sql.ts";
import type { Order } from "./orders.sql.ts";
import { remainsAfter } from "./remains-after.ts";
import { recordChanges } from "./order-changes.sql.ts";

/** Where an order is to stand. What is left out stays as it is. */
export type OrderMove = {
  readonly status?: OrderStatus;
  readonly startCount?: number;
  /** What is left to deliver; negative where more was delivered than ordered. */
  readonly remains?: number;
  /** `null` takes the note away. */
  readonly note?: string | null;
  /** Pieces of an order that goes on which will never be delivered: refunded at once. */
  readonly undelivered?: number;
};

export type MoveOrderRefusal =
  | { readonly code: "order_unknown" }
  | { readonly code: "transition_illegal"; readonly from: OrderStatus; readonly to: OrderStatus }
  | { readonly code: "partial_needs_remains"; readonly quantity: number };

export type MovedOrder = {
  readonly before: Order;
  readonly after: Order;
  /** What this move gave back to the customer. */
  readonly refund: Amount;
};

/**
 * Moves an order along the table of transitions, and gives back what a Partial did not deliver or
 * all of a Canceled: at most what is left of the charge, and the same move again gives nothing. An
 * order that ends leaves the desk, and nothing is due for it any more.
 * Tells those who follow the account (`order.updated`). Locks the order, then the account.
 */
export async function moveOrder(
  tx: Tx,
  accountId: AccountId,
  orderId: OrderId,
  move: OrderMove & { readonly by: Mover },
): Promise<Result<MovedOrder, MoveOrderRefusal>> {
  const before = await lockOrder(tx, accountId, orderId);
  if (before === undefined) return refused({ code: "order_unknown" });
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
  const after: Order = {
    ...before,
    status,
    remains,
    startCount: move.startCount ?? before.startCount,
    refunded: add(before.refunded, refund),
    note: move.note === null ? undefined : (move.note ?? before.note),
  };
  await updateOrder(tx, after);
  if (refund > zero) {
    const posted = await refundOrder(tx, {
      accountId,
      orderId,
      amount: refund,
      alreadyRefunded: before.refunded,
    });
    if (!posted.ok) throw new Error(`a refund was refused: ${posted.refusal.code}`);
  }
  if (isSeenOutside(before, after)) {
    await recordChanges(tx, [{ accountId, orderId, by: move.by, before, after }]);
    await recordOrderEvents(tx, [{ accountId, orderId }]);
  }
  if (isFinal(status) && status !== before.status) {
    await endOrders(tx, [{ accountId, orderId }], status, move.by);
  }
  return ok({ before, after, refund });
}

/** True where `status` on the wire has changed. */
function isSeenOutside(before: Order, after: Order): boolean {
  return (
    after.status !== before.status ||
    after.startCount !== before.startCount ||
    after.remains !== before.remains ||
    after.refunded !== before.refunded
  );
}

/** What the customer still pays for an order in this state. */
function keptOf(order: Order, status: OrderStatus, remains: number, undelivered = 0): Amount {
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

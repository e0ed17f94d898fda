import type { Tx } from "#database/transaction.ts";
import { recordEvents } from "#events/record.sql.ts";
import { refundProductOrder } from "#ledger/movements/refund-product-order.ts";
import type { Mover } from "#values/actor.ts";
import { add, chargePerItem, decimalFromAmount, subtract, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { isProductOrderFinal } from "#values/product-order-status.ts";
import type { ProductOrderStatus } from "#values/product-order-status.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { insertProductOrderChange, updateProductOrder } from "./product-orders.sql.ts";
import type { ProductOrder, ProductOrderWait } from "./product-orders.sql.ts";

/** Where a product order is to stand. What is left out stays as it is. */
export type ProductOrderMove = {
  readonly status?: ProductOrderStatus;
  /** How many items the buyer has now, in total. */
  readonly delivered?: number;
  /** For the buyer; `null` removes it. */
  readonly note?: string | null;
  /**
   * Why it waits for staff; `null`: it no longer waits. An order that ends stops waiting by itself.
   */
  readonly waits?: { readonly for: ProductOrderWait; readonly note: string } | null;
  readonly providerOrder?: string;
  /** True where staff know that its provider gave this number to another order before. */
  readonly isReused?: boolean;
  /** Refunded by a claim, in addition to what its end refunds. */
  readonly claimed?: Amount;
  readonly by: Mover;
};

export type MoveProductOrderRefusal =
  | {
      readonly code: "transition_illegal";
      readonly from: ProductOrderStatus;
      readonly to: ProductOrderStatus;
    }
  /** Completed with items missing, Partial with none or all, or Canceled with some delivered. */
  | { readonly code: "delivery_unfit"; readonly delivered: number; readonly quantity: number };

export type MovedProductOrder = {
  readonly before: ProductOrder;
  readonly after: ProductOrder;
  /** What this move refunded to the buyer. */
  readonly refund: Amount;
};

const transitions: Readonly<Record<ProductOrderStatus, readonly ProductOrderStatus[]>> = {
  pending: ["in_progress", "completed", "partial", "canceled"],
  in_progress: ["completed", "partial", "canceled"],
  completed: [],
  partial: [],
  canceled: [],
};

/**
 * Moves a locked product order and refunds what its end did not deliver: a Canceled refunds the
 * whole charge, a Partial the rest, never more than was paid. Repeating the move refunds nothing.
 * Records the step and tells those who follow the account. Locks the account. `before` is the order
 * as the lock returned it, or as the last move left it.
 */
export async function moveProductOrder(
  tx: Tx,
  before: ProductOrder,
  move: ProductOrderMove,
): Promise<Result<MovedProductOrder, MoveProductOrderRefusal>> {
  const status = move.status ?? before.status;
  if (status !== before.status && !transitions[before.status].includes(status)) {
    return refused({ code: "transition_illegal", from: before.status, to: status });
  }
  const delivered = move.delivered ?? before.delivered;
  if (!isFit(status, delivered, before.quantity)) {
    return refused({ code: "delivery_unfit", delivered, quantity: before.quantity });
  }
  const refund = add(endRefund(before, status, delivered), move.claimed ?? zero);
  const after = standAfter(before, { ...move, status, delivered }, refund);
  await updateProductOrder(tx, after, move.isReused);
  if (refund > zero) {
    const posted = await refundProductOrder(tx, {
      accountId: before.accountId,
      productOrderId: before.id,
      amount: refund,
      alreadyRefunded: before.refunded,
    });
    if (!posted.ok) throw new Error(`a refund was refused: ${posted.refusal.code}`);
  }
  if (isSeenOutside(before, after)) {
    await insertProductOrderChange(tx, move.by, before.status, after);
    await tellProductOrder(tx, after);
  }
  return ok({ before, after, refund });
}

/**
 * Sends `product_order.updated`, with where a locked order stands, to those who follow the account.
 */
export async function tellProductOrder(tx: Tx, order: ProductOrder): Promise<void> {
  await recordEvents(tx, [
    {
      accountId: order.accountId,
      kind: "product_order.updated",
      data: {
        product_order: order.id,
        product: order.productId,
        status: order.status,
        charge: decimalFromAmount(subtract(order.charge, order.refunded)),
        delivered: order.delivered,
        remains: order.quantity - order.delivered,
      },
    },
  ]);
}

function isFit(status: ProductOrderStatus, delivered: number, quantity: number): boolean {
  if (delivered < 0 || delivered > quantity) return false;
  switch (status) {
    case "pending":
    case "in_progress":
      return true;
    case "completed":
      return delivered === quantity;
    case "partial":
      return delivered > 0 && delivered < quantity;
    case "canceled":
      return delivered === 0;
  }
}

/** What the end of an order refunds. An order that had already ended refunds nothing more. */
function endRefund(before: ProductOrder, status: ProductOrderStatus, delivered: number): Amount {
  if (isProductOrderFinal(before.status) || !isProductOrderFinal(status)) return zero;
  const kept = chargePerItem(before.rate, delivered);
  const due = subtract(before.charge, kept);
  return due > before.refunded ? subtract(due, before.refunded) : zero;
}

function standAfter(
  before: ProductOrder,
  move: ProductOrderMove & { readonly status: ProductOrderStatus; readonly delivered: number },
  refund: Amount,
): ProductOrder {
  const waits =
    move.waits === undefined && !isProductOrderFinal(move.status) ? before.waits : move.waits;
  return {
    ...before,
    status: move.status,
    delivered: move.delivered,
    refunded: add(before.refunded, refund),
    note: move.note === null ? undefined : (move.note ?? before.note),
    waits:
      waits === null || waits === undefined ? undefined : { since: before.createdAt, ...waits },
    providerOrder: move.providerOrder ?? before.providerOrder,
  };
}

/** True where `product_order_status` on the wire has changed. */
function isSeenOutside(before: ProductOrder, after: ProductOrder): boolean {
  return (
    after.status !== before.status ||
    after.delivered !== before.delivered ||
    after.refunded !== before.refunded ||
    after.note !== before.note
  );
}

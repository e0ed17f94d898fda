import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import { refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { OrderId } from "#values/ids.ts";
import { formatAmount } from "#values/money.ts";
import { wireStatus } from "#values/order-status.ts";
import { closeDeskEntries, deskReasons } from "./desk.sql.ts";
import type { DeskReason } from "./desk.sql.ts";
import { moveOrder } from "./move-order.ts";
import type { MovedOrder, MoveOrderRefusal, OrderMove } from "./move-order.ts";
import { findOrder } from "./orders.sql.ts";
import type { Order } from "./orders.sql.ts";

/** Moves an order by an operator's hand, with the refund that the move brings. */
export async function setOrder(
  ctx: Context,
  actor: string,
  id: OrderId,
  move: OrderMove,
): Promise<Result<MovedOrder, MoveOrderRefusal>> {
  const order = await findOrder(ctx.db, id);
  if (order === undefined) return refused({ code: "order_unknown" });
  return inTransaction(ctx, async (tx) => {
    const moved = await moveOrder(tx, order.accountId, id, { ...move, by: actor });
    if (!moved.ok) return moved;
    const reasons = decidedBy(move);
    if (reasons.length > 0) {
      const decision = `by hand: ${move.note ?? wireStatus[moved.value.after.status]}`;
      await closeDeskEntries(tx, order.accountId, id, { by: actor, decision, reasons });
    }
    await audit(tx, {
      actor,
      action: "order.set",
      subject: `order:${id}`,
      before: auditedState(moved.value.before),
      after: auditedState(moved.value.after),
    });
    return moved;
  });
}

/**
 * What leaves the desk by it, beside what an end takes away. An unknown outcome stays unknown, and a
 * note alone sends nothing and stops nothing.
 */
function decidedBy(move: OrderMove): readonly DeskReason[] {
  if (move.status !== undefined) return deskReasons.filter((reason) => reason !== "unknown");
  return move.note === undefined ? [] : ["accepted_late"];
}

function auditedState(order: Order): Readonly<Record<string, unknown>> {
  return {
    status: order.status,
    startCount: order.startCount,
    remains: order.remains,
    refunded: formatAmount(order.refunded, 2),
    note: order.note,
  };
}

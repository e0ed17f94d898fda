import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import type { Tx } from "#database/transaction.ts";
import { audit } from "#audit/audit.sql.ts";
import { setTask } from "#tasks/tasks.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { OrderId } from "#values/ids.ts";
import { formatAmount } from "#values/money.ts";
import { isFinal, wireStatus } from "#values/order-status.ts";
import type { MoveOrderRefusal, OrderMove } from "./decide-move.ts";
import { closeDeskEntries, deskReasons } from "./desk.sql.ts";
import type { DeskReason } from "./desk.sql.ts";
import { moveOrder } from "./move-order.ts";
import type { MovedOrder } from "./move-order.ts";
import { findOrder, lockOrder } from "./orders.sql.ts";
import type { Order } from "./orders.sql.ts";

export type SetOrderRefusal = { readonly code: "order_unknown" } | MoveOrderRefusal;

/** Moves an order on an operator's word, with the refund that the move brings. */
export async function setOrder(
  ctx: Context,
  actor: Actor,
  id: OrderId,
  move: OrderMove,
): Promise<Result<MovedOrder, SetOrderRefusal>> {
  authorize(actor, "orders.set");
  if (move.status === "canceled" || move.status === "partial") authorize(actor, "orders.refund");
  const found = await findOrder(ctx.db, id);
  if (found === undefined) return refused({ code: "order_unknown" });
  return inTransaction(ctx, async (tx) => {
    const parent = await lockParent(tx, found);
    const order = await lockOrder(tx, found.accountId, id);
    if (order === undefined) return refused({ code: "order_unknown" });
    const moved = await moveOrder(tx, order, { ...move, by: actor });
    if (!moved.ok) return moved;
    if (parent?.runs !== undefined && isFinal(moved.value.before.status)) {
      await turnAtOnce(tx, parent);
    }
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
      reason: move.note ?? undefined,
    });
    return moved;
  });
}

/**
 * Locks the order that made this one before it. Otherwise a drip-feed taking its last turn would
 * not see the correction of its run, and nobody would look at it again.
 */
async function lockParent(tx: Tx, { accountId, parentId }: Order): Promise<Order | undefined> {
  return parentId === undefined ? undefined : lockOrder(tx, accountId, parentId);
}

/** A drip-feed checks again what its runs have lost, even where it has ended. */
async function turnAtOnce(tx: Tx, { accountId, id, providerId }: Order): Promise<void> {
  await setTask(tx, { accountId, orderId: id, providerId, kind: "run", inSeconds: 0 });
}

/**
 * Which desk entries the move closes, beside those that an end closes. An unknown outcome stays
 * unknown, and a note alone sends nothing and stops nothing.
 */
function decidedBy(move: OrderMove): readonly DeskReason[] {
  if (move.status !== undefined) return deskReasons.filter((reason) => reason !== "unknown");
  return move.note === undefined ? [] : ["accepted_late", "cost_unclear"];
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

import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { CancelId } from "#values/ids.ts";
import { zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { audit } from "#audit/audit.sql.ts";
import { moveOrder } from "#orders/move-order.ts";
import type { MoveOrderRefusal } from "#orders/decide-move.ts";
import { lockOrder } from "#orders/orders.sql.ts";
import { findCancel, lockCancel, updateCancel } from "#orders/requests.sql.ts";

export type SettleCancelRefusal =
  | { readonly code: "cancel_unknown" }
  | { readonly code: "cancel_settled" }
  | MoveOrderRefusal;

/**
 * Ends a cancel request on an operator's word. Completed cancels the order and refunds what is left
 * of its charge. Rejected leaves the order as it is.
 */
export async function settleCancel(
  ctx: Context,
  actor: Actor,
  id: CancelId,
  status: "completed" | "rejected",
  note?: string,
): Promise<Result<{ refund: Amount }, SettleCancelRefusal>> {
  authorize(actor, "cancels.settle");
  return inTransaction(ctx, async (tx) => {
    const asked = await findCancel(tx, id);
    if (asked === undefined) return refused({ code: "cancel_unknown" });
    // The order first: everything that settles an order locks it before its requests.
    const order = await lockOrder(tx, asked.account_id, asked.order_id);
    const cancel = await lockCancel(tx, id);
    if (order === undefined || cancel === undefined) return refused({ code: "cancel_unknown" });
    if (cancel.status !== "pending") return refused({ code: "cancel_settled" });
    let refund = zero;
    if (status === "completed") {
      const moved = await moveOrder(tx, order, { status: "canceled", by: actor });
      if (!moved.ok) return moved;
      refund = moved.value.refund;
    }
    await updateCancel(tx, cancel, status, note);
    await audit(tx, {
      actor,
      action: "cancel.set",
      subject: `cancel:${id}`,
      before: { status: cancel.status },
      after: { status, note },
      reason: note,
    });
    return ok({ refund });
  });
}

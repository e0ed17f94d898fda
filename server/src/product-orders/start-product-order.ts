import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { manualDeliveryRefusal } from "./manual-delivery-rule.ts";
import type { ManualDeliveryRefusal } from "./manual-delivery-rule.ts";
import { moveProductOrder } from "./move-product-order.ts";
import type { MovedProductOrder, MoveProductOrderRefusal } from "./move-product-order.ts";
import { findProductOrder, lockProductOrder } from "./product-orders.sql.ts";

export type StartProductOrderRefusal =
  | { readonly code: "product_order_unknown" }
  | MoveProductOrderRefusal
  | ManualDeliveryRefusal;

/**
 * Tells the buyer that somebody is working on it: Pending becomes In progress. The order keeps
 * waiting.
 */
export async function startProductOrder(
  ctx: Context,
  actor: Actor,
  id: ProductOrderId,
  note: string | undefined,
): Promise<Result<MovedProductOrder, StartProductOrderRefusal>> {
  authorize(actor, "product_orders.deliver");
  const found = await findProductOrder(ctx.db, id);
  if (found === undefined) return refused({ code: "product_order_unknown" });
  return inTransaction(ctx, async (tx) => {
    const order = await lockProductOrder(tx, found.accountId, id);
    if (order === undefined) return refused({ code: "product_order_unknown" });
    const stopped = manualDeliveryRefusal(order);
    if (stopped !== undefined) return refused(stopped);
    const moved = await moveProductOrder(tx, order, {
      status: "in_progress",
      by: actor,
      ...(note === undefined ? {} : { note }),
    });
    if (!moved.ok) return moved;
    await audit(tx, {
      actor,
      action: "product_order.start",
      subject: `product-order:${id}`,
      before: { status: order.status },
      after: { status: moved.value.after.status, note },
      reason: note,
    });
    return moved;
  });
}

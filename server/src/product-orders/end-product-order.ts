import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { decimalFromAmount, zero } from "#values/money.ts";
import { isProductOrderFinal } from "#values/product-order-status.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { moveProductOrder } from "./move-product-order.ts";
import type { MovedProductOrder, MoveProductOrderRefusal } from "./move-product-order.ts";
import { findProductOrder, lockProductOrder } from "./product-orders.sql.ts";
import { stopSending } from "./stop-sending.sql.ts";

export type EndProductOrderRefusal =
  | { readonly code: "product_order_unknown" }
  | MoveProductOrderRefusal
  /** Everything was delivered. */
  | { readonly code: "nothing_undelivered" }
  /** Staff expected another number than is left. */
  | { readonly code: "items_unfit"; readonly undelivered: number };

/** What the buyer reads where staff gave no reason. */
const noteDefault = "Canceled by support";

/**
 * Ends an order on staff's word and refunds what was not delivered: all of it (Canceled), or the
 * rest (Partial). `items`, where given, must equal what is left. An order that already ended this
 * way stays as it is and refunds nothing more. Locks the order, its task, the account.
 */
export async function endProductOrder(
  ctx: Context,
  actor: Actor,
  id: ProductOrderId,
  { reason, items }: { readonly reason: string | undefined; readonly items: number | undefined },
): Promise<Result<MovedProductOrder, EndProductOrderRefusal>> {
  authorize(actor, "product_orders.refund");
  const found = await findProductOrder(ctx.db, id);
  if (found === undefined) return refused({ code: "product_order_unknown" });
  return inTransaction(ctx, async (tx) => {
    const order = await lockProductOrder(tx, found.accountId, id);
    if (order === undefined) return refused({ code: "product_order_unknown" });
    const undelivered = order.quantity - order.delivered;
    if (undelivered === 0) return refused({ code: "nothing_undelivered" });
    if (items !== undefined && items !== undelivered) {
      return refused({ code: "items_unfit", undelivered });
    }
    if (isProductOrderFinal(order.status)) {
      return ok({ before: order, after: order, refund: zero });
    }
    if (order.providerId !== undefined) await stopSending(tx, order.accountId, id);
    const status = order.delivered === 0 ? "canceled" : "partial";
    const note = reason ?? (status === "canceled" ? noteDefault : undefined);
    const moved = await moveProductOrder(tx, order, {
      status,
      by: actor,
      ...(note === undefined ? {} : { note }),
      // The provider may still have it. Somebody has to look there.
      ...(order.waits?.for === "unknown" ? { waits: order.waits } : {}),
    });
    if (!moved.ok) return moved;
    const { refund } = moved.value;
    await audit(tx, {
      actor,
      action: "product_order.refund",
      subject: `product-order:${id}`,
      before: { status: order.status },
      after: { status, refund: decimalFromAmount(refund), note },
      reason,
    });
    return moved;
  });
}

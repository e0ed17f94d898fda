import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import { findLastPlace } from "#products/stock/claimed-items.sql.ts";
import { findProduct } from "#products/products.sql.ts";
import type { Product } from "#products/product.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { manualDeliveryRefusal } from "./manual-delivery-rule.ts";
import type { ManualDeliveryRefusal } from "./manual-delivery-rule.ts";
import { deliverLines } from "./deliver-lines.ts";
import { manualLinesRefusal } from "./manual-lines.ts";
import type { ManualLinesRefusal } from "./manual-lines.ts";
import { moveProductOrder } from "./move-product-order.ts";
import type { MovedProductOrder, MoveProductOrderRefusal } from "./move-product-order.ts";
import { findProductOrder, lockProductOrder } from "./product-orders.sql.ts";
import type { ProductOrder } from "./product-orders.sql.ts";
import { stopSending } from "./stop-sending.sql.ts";

/** What staff hand over. */
export type HandDelivery = {
  /** Each is a line of the result. */
  readonly lines: readonly string[];
  /** How many items that is. If left out, one per line, as far as any are left. */
  readonly items: number | undefined;
  /** How the order ends: everything is delivered, or nothing more will be. */
  readonly end: "completed" | "partial" | undefined;
  /** For the buyer. */
  readonly note: string | undefined;
};

export type DeliverProductOrderRefusal =
  | { readonly code: "product_order_unknown" }
  | MoveProductOrderRefusal
  | ManualDeliveryRefusal
  | ManualLinesRefusal
  | { readonly code: "delivery_empty" }
  | { readonly code: "items_above_remaining"; readonly remaining: number };

/**
 * Delivers an order by hand, in whole or in part. It is completed when nothing is left; `partial`
 * refunds the rest of the charge. Locks the order, then the account. Throws `SecretsUnavailable`
 * without the encryption key, so that nothing unreadable is delivered.
 */
export async function deliverProductOrder(
  ctx: Context,
  actor: Actor,
  id: ProductOrderId,
  delivery: HandDelivery,
): Promise<Result<MovedProductOrder, DeliverProductOrderRefusal>> {
  authorize(actor, "product_orders.deliver");
  const found = await findProductOrder(ctx.db, id);
  if (found === undefined) return refused({ code: "product_order_unknown" });
  const secrets = await ctx.secrets();
  return inTransaction(ctx, async (tx) => {
    const order = await lockProductOrder(tx, found.accountId, id);
    const product = await findProduct(tx, found.productId);
    if (order === undefined || product === undefined) {
      return refused({ code: "product_order_unknown" });
    }
    const stopped = manualDeliveryRefusal(order);
    if (stopped !== undefined) return refused(stopped);
    const items = itemsOf(order, product.type, delivery);
    if (!items.ok) return items;
    const { lines, note, end } = delivery;
    const unfit = await manualLinesRefusal(tx, secrets, order, product.type, {
      lines,
      items: items.value,
    });
    if (unfit !== undefined) return refused(unfit);
    const placesBefore = await findLastPlace(tx, order.accountId, id);
    await deliverLines(tx, secrets, order, "hand", lines, { placesBefore });
    const delivered = order.delivered + items.value;
    const status = end ?? (delivered === order.quantity ? "completed" : "in_progress");
    if (order.providerId !== undefined) await stopSending(tx, order.accountId, id);
    const moved = await moveProductOrder(tx, order, {
      status,
      delivered,
      by: actor,
      ...(note === undefined ? {} : { note }),
    });
    if (!moved.ok) return moved;
    await audit(tx, {
      actor,
      action: "product_order.deliver",
      subject: `product-order:${id}`,
      before: { status: order.status, delivered: order.delivered },
      after: { status: moved.value.after.status, delivered, lines: lines.length, note },
      reason: note,
    });
    return moved;
  });
}

/** How many items that is: what staff say, everything that is left, or one per line. */
function itemsOf(
  order: ProductOrder,
  type: Product["type"],
  { lines, items, end }: HandDelivery,
): Result<number, DeliverProductOrderRefusal> {
  const remaining = order.quantity - order.delivered;
  const isWhole = end === "completed" && items === undefined;
  const byLines = type === "auto" ? lines.length : Math.min(lines.length, remaining);
  const wanted = isWhole ? remaining : (items ?? byLines);
  if (wanted > remaining) return refused({ code: "items_above_remaining", remaining });
  if (wanted === 0 && lines.length === 0 && end === undefined) {
    return refused({ code: "delivery_empty" });
  }
  return ok(wanted);
}

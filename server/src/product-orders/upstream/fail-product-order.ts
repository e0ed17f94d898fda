import type { Tx } from "#database/transaction.ts";
import { audit } from "#audit/audit.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { formatAmount } from "#values/money.ts";
import { isProductOrderFinal } from "#values/product-order-status.ts";
import { moveProductOrder } from "#product-orders/move-product-order.ts";
import type { ProductOrderMove } from "#product-orders/move-product-order.ts";
import type { ProductOrder } from "#product-orders/product-orders.sql.ts";
import { byItself } from "./product-attempts.sql.ts";
import { productTasks } from "./product-tasks.sql.ts";

/** What became of a product order that its provider refused. */
export type AfterProductRefusal = "failed" | "refunded" | "ended";

/**
 * The provider does not take the locked order. Depending on the setting `refused_orders`, it waits
 * on the desk, unchanged for the buyer, or it ends and what was not delivered is refunded. The
 * buyer is not told the provider's words, except what anybody may know: that nothing is left.
 */
export async function failProductOrder(
  tx: Tx,
  order: ProductOrder,
  reason: string,
): Promise<AfterProductRefusal> {
  const { accountId, id } = order;
  await productTasks.delete(tx, accountId, id);
  if (isProductOrderFinal(order.status)) return "ended";
  if ((await readSettings(tx)).refused_orders === "desk") {
    const note = `Refused by the provider: ${reason}`;
    await move(tx, order, { waits: { for: "failed", note }, by: byItself });
    return "failed";
  }
  const status = order.delivered > 0 ? "partial" : "canceled";
  const note = isOutOfStock(reason) ? "Out of stock" : "Could not be delivered";
  const { after } = await move(tx, order, { status, note, by: byItself });
  await audit(tx, {
    actor: byItself,
    action: "product_order.refund_refused",
    subject: `product-order:${id}`,
    before: { account: accountId, status: order.status, refunded: money(order) },
    after: { status, refunded: money(after), reason },
  });
  return "refunded";
}

async function move(tx: Tx, order: ProductOrder, to: ProductOrderMove) {
  const moved = await moveProductOrder(tx, order, to);
  if (!moved.ok) throw new Error(`a refused product order was not moved: ${moved.refusal.code}`);
  return moved.value;
}

function money(order: ProductOrder): string {
  return formatAmount(order.refunded, 2);
}

/** True for a refusal that says that none are left. */
export function isOutOfStock(reason: string): boolean {
  return /out[ _]of[ _]stock|sold[ _]out|not in stock|(?:no|not enough|insufficient) (?:stock|inventory|items?)/i.test(
    reason,
  );
}

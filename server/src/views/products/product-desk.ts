import type { Context } from "#database/context.ts";
import { countOpenClaims } from "#product-orders/claims.sql.ts";
import type { ProductOrderWait } from "#product-orders/product-orders.sql.ts";
import { countWaitingProductOrders } from "#product-orders/staff-lists.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok } from "#values/result.ts";
import { viewProductOrders } from "./product-order-list.ts";

/** Which product orders wait for staff, longest wait first, and how many claims do. */
export async function viewProductDesk(
  ctx: Context,
  actor: Actor,
  query: {
    readonly reason?: ProductOrderWait | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
) {
  authorize(actor, "product_orders.read");
  const counts = await countWaitingProductOrders(ctx.db);
  const claims = await countOpenClaims(ctx.db);
  const { reason: waitsFor, cursor, limit } = query;
  const page = await viewProductOrders(ctx, actor, { isWaiting: true, waitsFor, cursor, limit });
  if (!page.ok) return page;
  return ok({
    counts,
    open_claims: claims,
    next: page.value.next,
    entries: page.value.rows.map(({ waits_for: reason, waits_since: since, facts, ...order }) => ({
      order: order.order,
      customer: order.customer,
      product: order.product,
      name: order.name,
      delivered: order.delivered,
      quantity: order.quantity,
      reason,
      since,
      ...(facts !== undefined && { facts }),
    })),
  });
}

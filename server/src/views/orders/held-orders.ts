import type { Context } from "#database/context.ts";
import { listHeld } from "#orders/hold-rules/held.sql.ts";
import { listOrdersByKey } from "#orders/orders.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { sightOf } from "#views/sight.ts";
import { orderRecord } from "./order-record.ts";

/** Orders that wait for a review, oldest first, each with what holds it. */
export async function viewHeldOrders(
  ctx: Context,
  actor: Actor,
  query: { readonly limit: number },
) {
  authorize(actor, "orders.read");
  const sight = sightOf(actor);
  const orders = await listOrdersByKey(ctx.db, await listHeld(ctx.db, query.limit));
  return orders.map((order) => ({ ...orderRecord(order, sight), held: order.held }));
}

import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import type { Queryable } from "#database/statement.ts";
import { inTransaction } from "#database/transaction.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { OrderId } from "#values/ids.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { deleteMute, insertMute, listStuck } from "./stuck.sql.ts";
import type { StuckFilter, StuckOrder } from "./stuck.sql.ts";

const sampleMin = 20;
const factor = 2;
/** A service that delivers within seconds is not watched by the second. */
const secondsMin = 3600;

/**
 * Orders that take longer than they should, oldest first: longer than twice what 95 of 100 orders
 * of their service take, or than the setting `stuck_hours` where that is unknown.
 */
export async function findStuckOrders(db: Queryable, filter: StuckFilter): Promise<StuckOrder[]> {
  const { stuck_hours: hours } = await readSettings(db);
  return listStuck(db, { hours, sampleMin, factor, secondsMin }, filter);
}

/**
 * Hides an order from the stuck ones, because staff know about it. Without a reason it is shown
 * again.
 */
export async function muteStuckOrder(
  ctx: Context,
  actor: Actor,
  id: OrderId,
  reason: string | undefined,
): Promise<Result<undefined, { readonly code: "order_unknown" }>> {
  authorize(actor, "orders.set");
  return inTransaction(ctx, async (tx) => {
    const order = await findOrder(tx, id);
    if (order === undefined) return refused({ code: "order_unknown" });
    const { accountId } = order;
    if (reason === undefined) await deleteMute(tx, accountId, id);
    else await insertMute(tx, { accountId, orderId: id, reason, actor });
    await audit(tx, {
      actor,
      action: reason === undefined ? "order.unmute" : "order.mute",
      subject: `order:${id}`,
      after: { reason },
      reason,
    });
    return ok(undefined);
  });
}

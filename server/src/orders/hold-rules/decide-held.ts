import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import { findService } from "#catalog/catalog.sql.ts";
import { moveOrder } from "#orders/move-order.ts";
import type { MovedOrder } from "#orders/move-order.ts";
import { findOrder, lockOrder } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { isRunByPanel } from "#orders/run-by-panel.ts";
import { setTask } from "#tasks/tasks.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { OrderId } from "#values/ids.ts";
import { formatAmount } from "#values/money.ts";
import { clearHeld } from "./held.sql.ts";

export type DecideHeldRefusal =
  | { readonly code: "order_unknown" }
  | { readonly code: "order_not_held" };

/** Releases a held order: it is sent as if it had just been placed. No money moves. */
export async function releaseOrder(
  ctx: Context,
  actor: Actor,
  id: OrderId,
): Promise<Result<Order, DecideHeldRefusal>> {
  authorize(actor, "orders.hold");
  return inTransaction(ctx, async (tx) => {
    const held = await lockHeld(tx, id);
    if (!held.ok) return held;
    const order = held.value;
    const { accountId, providerId } = order;
    const service = await findService(tx, order.serviceId);
    if (service === undefined) throw new Error(`order ${id} has no service`);
    const runs = order.runs === undefined ? {} : { runs: order.runs };
    // A post's order has the service of its subscription, but is sent like any other order.
    const isRun = order.parentId === undefined && isRunByPanel(service, runs);
    const kind = isRun ? "run" : "send";
    await clearHeld(tx, order);
    await setTask(tx, { accountId, orderId: id, providerId, kind, inSeconds: 0 });
    await audit(tx, {
      actor,
      action: "order.release",
      subject: `order:${id}`,
      before: { held: order.held },
    });
    return ok(order);
  });
}

/** Cancels a held order and refunds the charge. */
export async function refuseOrder(
  ctx: Context,
  actor: Actor,
  id: OrderId,
): Promise<Result<MovedOrder, DecideHeldRefusal>> {
  authorize(actor, "orders.hold");
  return inTransaction(ctx, async (tx) => {
    const held = await lockHeld(tx, id);
    if (!held.ok) return held;
    const moved = await moveOrder(tx, held.value, { status: "canceled", by: actor });
    if (!moved.ok) throw new Error(`a held order was not canceled: ${moved.refusal.code}`);
    await audit(tx, {
      actor,
      action: "order.refuse",
      subject: `order:${id}`,
      before: { held: held.value.held },
      after: { refunded: formatAmount(moved.value.after.refunded, 2) },
    });
    return ok(moved.value);
  });
}

async function lockHeld(tx: Tx, id: OrderId): Promise<Result<Order, DecideHeldRefusal>> {
  const found = await findOrder(tx, id);
  const order = found && (await lockOrder(tx, found.accountId, id));
  if (order === undefined) return refused({ code: "order_unknown" });
  // An order that its customer canceled in the meantime has ended: nothing is left to decide.
  if (order.held === undefined || order.status !== "pending") {
    return refused({ code: "order_not_held" });
  }
  return ok(order);
}

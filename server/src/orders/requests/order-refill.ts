import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import { findService } from "#catalog/catalog.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { OrderId, RefillId, ServiceId } from "#values/ids.ts";
import { lockOrder } from "#orders/orders.sql.ts";
import { placeRefillOrder } from "./place-refill-order.ts";
import { findRefill, linkRefillOrder, lockRefill } from "#orders/requests.sql.ts";

export type OrderRefillRefusal =
  | { readonly code: "refill_unknown" }
  | { readonly code: "refill_not_orderable"; readonly why: NotOrderable };

export type NotOrderable =
  | { readonly kind: "delivered"; readonly order: OrderId }
  | { readonly kind: "not_waiting" }
  | { readonly kind: "service_unsaid" }
  | { readonly kind: "service_unfit"; readonly serviceId: ServiceId };

/**
 * Delivers a refill that waits for staff by an order of our own, for this quantity, at `serviceId`
 * or at the service that the terms name. It costs the customer nothing, and the refill follows its
 * states.
 */
export async function orderRefill(
  ctx: Context,
  actor: Actor,
  id: RefillId,
  wanted: { readonly quantity: number; readonly serviceId: ServiceId | undefined },
): Promise<Result<OrderId, OrderRefillRefusal>> {
  authorize(actor, "refills.settle");
  const not = (why: NotOrderable) => refused({ code: "refill_not_orderable", why } as const);
  return inTransaction(ctx, async (tx) => {
    const found = await findRefill(tx, id);
    const order = found && (await lockOrder(tx, found.account_id, found.order_id));
    const refill = order && (await lockRefill(tx, id));
    if (order === undefined || refill === undefined) return refused({ code: "refill_unknown" });
    if (refill.refill_order !== null) {
      return not({ kind: "delivered", order: refill.refill_order });
    }
    // A refill that a provider has, or may have, would be delivered twice.
    const isWaiting = refill.status === "pending" && refill.provider_id === null;
    if (!isWaiting && refill.status !== "error") return not({ kind: "not_waiting" });
    const service = await findService(tx, order.serviceId);
    const serviceId = wanted.serviceId ?? service?.refillTerms.serviceId;
    if (serviceId === undefined) return not({ kind: "service_unsaid" });
    const placed = await placeRefillOrder(tx, order, serviceId, wanted.quantity);
    if (placed === undefined) return not({ kind: "service_unfit", serviceId });
    await linkRefillOrder(tx, order.accountId, id, placed);
    await audit(tx, {
      actor,
      action: "refill.order",
      subject: `refill:${id}`,
      before: { status: refill.status },
      after: { status: "in_progress", order: placed, service: serviceId, ...wanted },
    });
    return ok(placed);
  });
}

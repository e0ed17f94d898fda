import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId, CancelId, OrderId } from "#values/ids.ts";
import { isFinal } from "#values/order-status.ts";
import { findService } from "#catalog/catalog.sql.ts";
import { lockOrder } from "./orders.sql.ts";
import { findOpenCancel, insertCancel } from "./requests.sql.ts";

export type RequestCancelRefusal =
  | { readonly code: "order_unknown" }
  | { readonly code: "cancel_disabled" }
  | { readonly code: "order_finished" };

/**
 * Asks for an order to be cancelled: the request is taken, nothing is refunded yet. Asking again
 * while a request is open answers the open one.
 */
export function requestCancel(
  ctx: Context,
  accountId: AccountId,
  orderId: OrderId,
): Promise<Result<CancelId, RequestCancelRefusal>> {
  return inTransaction(ctx, async (tx) => {
    const order = await lockOrder(tx, accountId, orderId);
    if (order === undefined) return refused({ code: "order_unknown" });
    const service = await findService(tx, order.serviceId);
    if (service?.cancel !== true) return refused({ code: "cancel_disabled" });
    if (isFinal(order.status)) return refused({ code: "order_finished" });
    const open = await findOpenCancel(tx, accountId, orderId);
    return ok(open ?? (await insertCancel(tx, accountId, orderId)));
  });
}

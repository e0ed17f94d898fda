import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId, OrderId, RefillId } from "#values/ids.ts";
import { findService } from "#catalog/catalog.sql.ts";
import { lockOrder } from "./orders.sql.ts";
import { findOpenRefill, insertRefill } from "./requests.sql.ts";

export type RequestRefillRefusal =
  | { readonly code: "order_unknown" }
  | { readonly code: "refill_disabled" }
  | { readonly code: "order_not_completed" }
  | { readonly code: "refill_open" };

/**
 * Asks for a refill of a delivered order: one open request for an order at a time. A foreign order
 * reads as unknown.
 */
export function requestRefill(
  ctx: Context,
  accountId: AccountId,
  orderId: OrderId,
): Promise<Result<RefillId, RequestRefillRefusal>> {
  return inTransaction(ctx, async (tx) => {
    const order = await lockOrder(tx, accountId, orderId);
    if (order === undefined) return refused({ code: "order_unknown" });
    const service = await findService(tx, order.serviceId);
    if (service?.refill !== true) return refused({ code: "refill_disabled" });
    if (order.status !== "completed" && order.status !== "partial") {
      return refused({ code: "order_not_completed" });
    }
    if ((await findOpenRefill(tx, accountId, orderId)) !== undefined) {
      return refused({ code: "refill_open" });
    }
    return ok(await insertRefill(tx, accountId, orderId));
  });
}

import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId, CancelId, OrderId } from "#values/ids.ts";
import { isFinal } from "#values/order-status.ts";
import { findService } from "#catalog/catalog.sql.ts";
import { findConnector } from "#providers/connectors/index.ts";
import { findProvider } from "#providers/providers.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { cancelSchedule, isScheduled } from "./change-schedule.ts";
import { lockOrder } from "./orders.sql.ts";
import type { Order } from "./orders.sql.ts";
import { findOpenCancel, insertCancel } from "./requests.sql.ts";
import { withdrawUnsent } from "./withdraw-order.ts";

export type RequestCancelRefusal =
  | { readonly code: "order_unknown" }
  | { readonly code: "cancel_disabled" }
  | { readonly code: "order_finished" };

/**
 * Asks for an order to be cancelled. One that no provider can have yet is canceled and refunded at
 * once. For any other the request is taken, and nothing is refunded yet: the provider is asked where
 * it can be, and staff otherwise. Asking again while a request is open answers the open one.
 */
export function requestCancel(
  ctx: Context,
  accountId: AccountId,
  orderId: OrderId,
  by = `customer:${accountId}`,
): Promise<Result<CancelId, RequestCancelRefusal>> {
  return inTransaction(ctx, async (tx) => {
    const order = await lockOrder(tx, accountId, orderId);
    if (order === undefined) return refused({ code: "order_unknown" });
    const service = await findService(tx, order.serviceId);
    if (service?.cancel !== true) return refused({ code: "cancel_disabled" });
    if (isFinal(order.status)) return refused({ code: "order_finished" });
    const open = await findOpenCancel(tx, accountId, orderId);
    return ok(open ?? (await take(tx, order, by)));
  });
}

async function take(tx: Tx, order: Order, by: string): Promise<CancelId> {
  if (await isScheduled(tx, order)) {
    const cancel = await insertCancel(tx, order, by);
    await cancelSchedule(tx, order, by);
    return cancel;
  }
  const { providerId } = order;
  const provider = await findProvider(tx, providerId);
  const connector = provider && findConnector(provider.connector);
  if (connector?.cancels === undefined) {
    const cancel = await insertCancel(tx, order, by);
    // Staff may have begun with an order that is carried out by hand, without a word; not with one
    // that waits for a review.
    const isByHand = connector === undefined || connector.name === "manual";
    if (!isByHand || order.held !== undefined) {
      await withdrawUnsent(tx, order, by);
    }
    return cancel;
  }
  const { cancel_deadline_hours: deadlineHours } = await readSettings(tx);
  const cancel = await insertCancel(tx, order, by, { providerId, deadlineHours });
  await withdrawUnsent(tx, order, by);
  return cancel;
}

import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId, OrderId, RefillId } from "#values/ids.ts";
import { findService } from "#catalog/catalog.sql.ts";
import { findConnector } from "#providers/connectors/index.ts";
import { findProvider } from "#providers/providers.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { lockOrder } from "./orders.sql.ts";
import type { Order } from "./orders.sql.ts";
import { findOpenRefill, insertRefill } from "./requests.sql.ts";
import type { AskedProvider } from "./requests.sql.ts";

export type RequestRefillRefusal =
  | { readonly code: "order_unknown" }
  | { readonly code: "refill_disabled" }
  | { readonly code: "order_not_completed" }
  | { readonly code: "refill_open" };

/**
 * Asks for a refill of a delivered order: one open request for an order at a time. The provider that
 * delivered it is asked where it can be, and staff otherwise. A foreign order reads as unknown.
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
    return ok(await insertRefill(tx, accountId, orderId, await askedOf(tx, order)));
  });
}

/** The provider that can be asked for it; `undefined` where staff are. */
async function askedOf(tx: Tx, order: Order): Promise<AskedProvider | undefined> {
  if (order.providerOrder === undefined) return undefined;
  const provider = await findProvider(tx, order.providerId);
  if (provider === undefined || findConnector(provider.connector)?.refills === undefined) {
    return undefined;
  }
  const { refill_deadline_hours: deadlineHours } = await readSettings(tx);
  return { providerId: provider.id, deadlineHours };
}

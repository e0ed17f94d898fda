import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId, OrderId, RefillId } from "#values/ids.ts";
import { findService } from "#catalog/catalog.sql.ts";
import type { Service } from "#catalog/service.ts";
import { findConnector } from "#providers/connectors/index.ts";
import { findProvider } from "#providers/providers.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { lockOrder } from "./orders.sql.ts";
import type { Order } from "./orders.sql.ts";
import { placeRefillOrder } from "./place-refill-order.ts";
import { refillQuantity, refillVerdict } from "./refill-rule.ts";
import type { RefillRefusal } from "./refill-rule.ts";
import { findLastRefill, insertRefill, linkRefillOrder } from "./requests.sql.ts";
import type { AskedProvider } from "./requests.sql.ts";

export type RequestRefillRefusal = { readonly code: "order_unknown" } | RefillRefusal;

/** Who asks, and what they say of the count as it is now. */
export type RefillAsking = {
  /** As the timeline names them; the customer if left out. */
  readonly by?: string;
  readonly currentCount?: number | undefined;
};

/**
 * Asks for a refill of a delivered order, as far as the terms of its service grant it: one open
 * request for an order at a time. The provider that delivered it is asked, an order of our own is
 * placed at no charge, or staff carry it out. A foreign order reads as unknown, and so does one that
 * is a refill itself.
 */
export function requestRefill(
  ctx: Context,
  accountId: AccountId,
  orderId: OrderId,
  asking: RefillAsking = {},
): Promise<Result<RefillId, RequestRefillRefusal>> {
  const { by = `customer:${accountId}`, currentCount } = asking;
  return inTransaction(ctx, async (tx) => {
    const order = await lockOrder(tx, accountId, orderId);
    if (order === undefined || order.source === "refill") return refused({ code: "order_unknown" });
    const service = await findService(tx, order.serviceId);
    if (service === undefined) return refused({ code: "refill_disabled" });
    const { last, now } = await findLastRefill(tx, accountId, orderId);
    const facts = { ...order, endedAt: order.finishedAt ?? order.updatedAt };
    const refusal = refillVerdict(service, facts, last, { now, currentCount });
    if (refusal !== undefined) return refused(refusal);
    const asked = await askedOf(tx, order, service);
    const refill = await insertRefill(tx, order, { asked, by, currentCount });
    if (service.refillTerms.by === "order") await orderIt(tx, order, service, refill, currentCount);
    return ok(refill);
  });
}

/** The provider that can be asked for it; `undefined` where somebody else does it. */
async function askedOf(tx: Tx, order: Order, service: Service): Promise<AskedProvider | undefined> {
  if (service.refillTerms.by !== "provider" || order.providerOrder === undefined) return undefined;
  const provider = await findProvider(tx, order.providerId);
  if (provider === undefined || findConnector(provider.connector)?.refills === undefined) {
    return undefined;
  }
  const { refill_deadline_hours: deadlineHours } = await readSettings(tx);
  return { providerId: provider.id, deadlineHours };
}

/** Places our own order where it is known of how much; else the request waits for staff. */
async function orderIt(
  tx: Tx,
  order: Order,
  { refillTerms }: Service,
  refill: RefillId,
  currentCount: number | undefined,
): Promise<void> {
  const quantity = refillQuantity(refillTerms, order, currentCount);
  if (quantity === undefined || refillTerms.serviceId === undefined) return;
  const placed = await placeRefillOrder(tx, order, refillTerms.serviceId, quantity);
  if (placed !== undefined) await linkRefillOrder(tx, order.accountId, refill, placed);
}

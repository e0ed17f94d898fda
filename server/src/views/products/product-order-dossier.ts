import type { Context } from "#database/context.ts";
import { findHolder } from "#customers/sandbox-account.sql.ts";
import { openClaimReasons } from "#product-orders/claims/claim-reasons.ts";
import { listClaimsOfOrder } from "#product-orders/claims.sql.ts";
import { findProductOrder } from "#product-orders/product-orders.sql.ts";
import type { ProductOrder } from "#product-orders/product-orders.sql.ts";
import { readProductTimeline } from "#product-orders/product-timeline.ts";
import { findProductOrderPlacing, listProductTries } from "#product-orders/staff-lists.sql.ts";
import type { ProductTry } from "#product-orders/staff-lists.sql.ts";
import { listItemsOfOrders } from "#products/items.sql.ts";
import { findProduct } from "#products/products.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { subtract } from "#values/money.ts";
import { wireProductOrderStatus } from "#values/product-order-status.ts";
import { aliasesOf } from "#views/providers/provider-names.ts";
import { sightOf } from "#views/sight.ts";
import type { Sight } from "#views/sight.ts";
import { money, moneyOrNull, wireWord } from "#views/spelling.ts";

/**
 * Everything about a product order except what was delivered: its money, what happened to it, and
 * its claims. `undefined` where there is no such order. `revealProductOrder` shows the lines.
 */
export async function viewProductOrder(ctx: Context, actor: Actor, id: ProductOrderId) {
  authorize(actor, "product_orders.read");
  const sight = sightOf(actor);
  const { db } = ctx;
  const order = await findProductOrder(db, id);
  if (order === undefined) return undefined;
  const { accountId } = order;
  const holder = await findHolder(db, accountId);
  const product = await findProduct(db, order.productId);
  const placing = await findProductOrderPlacing(db, accountId, id);
  const items = (await listItemsOfOrders(db, accountId, [id])).get(id) ?? [];
  const aliases = await aliasesOf(db);
  const claims = await listClaimsOfOrder(db, accountId, id);
  const reasons = await openClaimReasons(ctx, claims);
  const tries = await listProductTries(db, accountId, id);
  const timeline = await readProductTimeline(db, order);
  return {
    ...productOrderRecord(order, sight),
    name: product?.name ?? null,
    type: product?.type ?? null,
    ...(sight.email && { email: holder?.email ?? null }),
    test: holder?.isTest === true,
    request_id: placing.request_id,
    ...(sight.provider && {
      provider: order.providerId === undefined ? null : (aliases.get(order.providerId) ?? null),
    }),
    lines: items.map(({ place, state, origin }) => ({ place, state, origin })),
    ...(sight.provider && { attempts: tries.map((each) => tryRecord(each, sight)) }),
    claims: claims.map((claim) => ({
      claim: claim.id,
      status: wireWord(claim.status),
      quantity: claim.quantity,
      items: claim.places,
      reason: reasons.get(claim.id) ?? null,
      note: claim.note ?? null,
      created: claim.createdAt,
      ended: claim.endedAt ?? null,
    })),
    timeline: timeline
      .filter(({ kind }) => kind !== "attempt" || (sight.provider && sight.cost))
      .map((entry) => ({
        ...entry,
        who: named(entry.who, aliases, sight),
        what: named(entry.what, aliases, sight),
      })),
  };
}

function tryRecord({ expected_charge: charge, ...attempt }: ProductTry, sight: Sight) {
  const { number, provider_id, provider_product, request_id, ...more } = attempt;
  return {
    number,
    provider_id,
    provider_product,
    request_id,
    ...(sight.cost && { expected_charge: charge }),
    ...more,
  };
}

/** Replaces providers by their aliases, or by nothing for those who may not see where orders go. */
function named(words: string, aliases: ReadonlyMap<number, string>, sight: Sight): string {
  return words.replaceAll(/provider:(\d+)/g, (all, id: string) =>
    sight.provider ? (aliases.get(Number(id)) ?? all) : "provider",
  );
}

function productOrderRecord(order: ProductOrder, sight: Sight) {
  const kept = subtract(order.charge, order.refunded);
  return {
    order: order.id,
    customer: order.accountId,
    product: order.productId,
    status: wireProductOrderStatus[order.status],
    quantity: order.quantity,
    delivered: order.delivered,
    remains: order.quantity - order.delivered,
    rate: money(order.rate),
    charge: money(kept),
    charge_before_refunds: money(order.charge),
    refunded: money(order.refunded),
    ...(sight.cost && { cost: moneyOrNull(order.cost), booked_cost: money(order.bookedCost) }),
    ...(sight.profit && { profit: money(subtract(kept, order.bookedCost)) }),
    note: order.note ?? null,
    has_answer: order.sealedAnswer !== undefined,
    waits_for: order.waits?.for ?? null,
    ...(sight.provider && { facts: order.waits?.note ?? null }),
    waits_since: order.waits?.since ?? null,
    ...(sight.provider && {
      provider_product: order.providerProduct ?? null,
      provider_order: order.providerOrder ?? null,
    }),
    warranty_days: order.warrantyDays,
    created: order.createdAt,
    finished: order.finishedAt ?? null,
  };
}

import type { Context } from "#database/context.ts";
import { tables } from "#database/reading.ts";
import type { ProductOrderWait } from "#product-orders/product-orders.sql.ts";
import type { ListedProductOrder } from "#product-orders/staff-lists.sql.ts";
import { listProductsByIds } from "#products/products.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { AccountId, ProductId, ProductOrderId } from "#values/ids.ts";
import { amountFromDecimal, subtract } from "#values/money.ts";
import { wireProductOrderStatus } from "#values/product-order-status.ts";
import type { ProductOrderStatus } from "#values/product-order-status.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { accountOf } from "#views/customers/account-of.ts";
import { readPage } from "#views/list-page.ts";
import type { Page, PageQuery, PageRefusal, Sorts } from "#views/list-page.ts";
import { sightOf } from "#views/sight.ts";
import type { Sight } from "#views/sight.ts";
import { money, moneyOf } from "#views/spelling.ts";

/** Filters for product orders; all given ones must hold. */
export type ProductOrderFilter = {
  readonly customerId?: AccountId | undefined;
  readonly productId?: ProductId | undefined;
  /** Any of these. All if the list is empty. */
  readonly statuses?: readonly ProductOrderStatus[] | undefined;
  /** Only those that wait for staff. */
  readonly isWaiting?: boolean | undefined;
  readonly waitsFor?: ProductOrderWait | undefined;
  readonly from?: Date | undefined;
  /** Up to this moment, exclusive. */
  readonly until?: Date | undefined;
  /** Only orders with a lower number. */
  readonly beforeId?: ProductOrderId | undefined;
  /** Those of test keys, instead of the real ones. */
  readonly isTest?: boolean | undefined;
};

export type ProductOrderSort = "newest" | "oldest" | "waiting";

export const productOrderSorts: Sorts<ProductOrderSort> = {
  usual: "newest",
  by: {
    newest: { columns: [{ ref: "o.id", type: "bigint" }], direction: "desc" },
    oldest: { columns: [{ ref: "o.id", type: "bigint" }], direction: "asc" },
    // The longest wait first, among those that wait: no others have that column.
    waiting: {
      columns: [
        { ref: "o.waits_since", type: "timestamptz" },
        { ref: "o.id", type: "bigint" },
      ],
      direction: "asc",
    },
  },
};

export type ProductOrderRecord = ReturnType<typeof productOrderRow>;

/** A page of product orders, newest first. For those that wait for staff, longest wait first. */
export async function viewProductOrders(
  ctx: Context,
  actor: Actor,
  query: ProductOrderFilter & PageQuery<ProductOrderSort>,
): Promise<Result<Page<ProductOrderRecord>, PageRefusal>> {
  authorize(actor, "product_orders.read");
  const sight = sightOf(actor);
  const isWaiting = query.isWaiting === true || query.sort === "waiting";
  const sort = query.sort ?? (isWaiting ? "waiting" : "newest");
  const matches = matchingProductOrders({ ...query, isWaiting }, await accountOf(ctx.db, query));
  const page = await readPage(ctx.db, matches, productOrderSorts, { ...query, sort });
  if (!page.ok) return page;
  const ids = new Set(page.value.rows.map((row) => row.product_id));
  const names = new Map(
    (await listProductsByIds(ctx.db, [...ids])).map(({ id, name }) => [id, name]),
  );
  const rows = page.value.rows.map((row) => productOrderRow(row, names.get(row.product_id), sight));
  return ok({ ...page.value, rows });
}

/** The product orders that match the filter. `accountId` is that of its customer. */
export function matchingProductOrders(filter: ProductOrderFilter, accountId?: AccountId) {
  let matches = tables
    .selectFrom("product_orders as o")
    .select(["o.id", "o.account_id", "o.product_id", "o.status", "o.quantity", "o.delivered"])
    .select(["o.charge", "o.refunded", "o.waits_for", "o.waits_note", "o.waits_since"])
    .select(["o.provider_id", "o.created_at"])
    .$castTo<ListedProductOrder>()
    .where(({ eb, exists, selectFrom }) =>
      eb(
        exists(
          selectFrom("accounts as a")
            .whereRef("a.id", "=", "o.account_id")
            .where("a.kind", "=", "test"),
        ),
        "=",
        filter.isTest === true,
      ),
    );
  const { productId, statuses, isWaiting, waitsFor, from, until, beforeId } = filter;
  if (accountId !== undefined) matches = matches.where("o.account_id", "=", accountId);
  if (productId !== undefined) matches = matches.where("o.product_id", "=", productId);
  if (statuses !== undefined && statuses.length > 0) {
    matches = matches.where("o.status", "in", statuses);
  }
  if (isWaiting === true) matches = matches.where("o.waits_for", "is not", null);
  if (waitsFor !== undefined) matches = matches.where("o.waits_for", "=", waitsFor);
  if (from !== undefined) matches = matches.where("o.created_at", ">=", from);
  if (until !== undefined) matches = matches.where("o.created_at", "<", until);
  if (beforeId !== undefined) matches = matches.where("o.id", "<", beforeId);
  return matches;
}

function productOrderRow(order: ListedProductOrder, name: string | undefined, sight: Sight) {
  const kept = subtract(amountFromDecimal(order.charge), amountFromDecimal(order.refunded));
  return {
    order: order.id,
    customer: order.account_id,
    product: order.product_id,
    name: name ?? null,
    status: wireProductOrderStatus[order.status],
    quantity: order.quantity,
    delivered: order.delivered,
    remains: order.quantity - order.delivered,
    charge: money(kept),
    refunded: moneyOf(order.refunded),
    waits_for: order.waits_for,
    // They say what was asked of the provider.
    ...(sight.provider && { facts: order.waits_note }),
    waits_since: order.waits_since,
    created: order.created_at,
  };
}

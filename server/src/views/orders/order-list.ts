import { sql } from "kysely";
import type { Context } from "#database/context.ts";
import { readRows, tables } from "#database/reading.ts";
import { listOrdersByKey } from "#orders/orders.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { AccountId, OrderId, ProviderId, ServiceId } from "#values/ids.ts";
import type { OrderOrigin } from "#values/order-origin.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { accountOf } from "#views/customers/account-of.ts";
import { emailsOf } from "#views/customers/emails.ts";
import { containing, readPage } from "#views/list-page.ts";
import type { Page, PageQuery, PageRefusal, Sorts } from "#views/list-page.ts";
import { aliasesOf } from "#views/providers/provider-names.ts";
import { sightOf } from "#views/sight.ts";
import { orderRecord } from "./order-record.ts";

/** Filters for orders; all given ones must hold. */
export type OrderFilter = {
  readonly customerId?: AccountId | undefined;
  /** Any of these. All if the list is empty. */
  readonly statuses?: readonly OrderStatus[] | undefined;
  readonly serviceId?: ServiceId | undefined;
  readonly providerId?: ProviderId | undefined;
  /** How it came in. */
  readonly origin?: OrderOrigin | undefined;
  /** A text anywhere in the link, in any letter case. */
  readonly linkContains?: string | undefined;
  /** A provider's number for it, the current one or that of an earlier attempt. */
  readonly providerOrder?: string | undefined;
  /** From this moment on. */
  readonly from?: Date | undefined;
  /** Up to this moment, exclusive. */
  readonly until?: Date | undefined;
  /** Only orders with a lower number. */
  readonly beforeId?: OrderId | undefined;
  /** Those of test keys, instead of the real ones. */
  readonly isTest?: boolean | undefined;
};

export type OrderSort = "newest" | "oldest";

export const orderSorts: Sorts<OrderSort> = {
  usual: "newest",
  by: {
    newest: { columns: [{ ref: "o.id", type: "bigint" }], direction: "desc" },
    oldest: { columns: [{ ref: "o.id", type: "bigint" }], direction: "asc" },
  },
};

export type OrderListRow = Awaited<ReturnType<typeof viewRows>>[number];

/** A page of orders, newest first by default. */
export async function viewOrders(
  ctx: Context,
  actor: Actor,
  query: OrderFilter & PageQuery<OrderSort>,
): Promise<Result<Page<OrderListRow>, PageRefusal>> {
  authorize(actor, "orders.read");
  // A number or provider that the actor may not see must not be usable to find orders either.
  if (query.providerId !== undefined || query.providerOrder !== undefined) {
    authorize(actor, "orders.provider");
  }
  const accountId = await accountOf(ctx.db, query);
  const page = await readPage(ctx.db, matchingOrders(query, accountId), orderSorts, query);
  if (!page.ok) return page;
  return ok({ ...page.value, rows: await viewRows(ctx, actor, page.value.rows) });
}

/** The keys of the orders that match the filter. `accountId` is that of its customer. */
export function matchingOrders(filter: OrderFilter, accountId?: AccountId) {
  let matches = tables
    .selectFrom("orders as o")
    .select(["o.account_id", "o.id"])
    .$castTo<{ account_id: AccountId; id: OrderId }>()
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
  if (accountId !== undefined) matches = matches.where("o.account_id", "=", accountId);
  if (filter.statuses !== undefined && filter.statuses.length > 0) {
    matches = matches.where("o.status", "in", filter.statuses);
  }
  if (filter.serviceId !== undefined)
    matches = matches.where("o.service_id", "=", filter.serviceId);
  if (filter.providerId !== undefined) {
    matches = matches.where("o.provider_id", "=", filter.providerId);
  }
  if (filter.origin !== undefined) matches = matches.where("o.source", "=", filter.origin);
  if (filter.linkContains !== undefined) {
    matches = matches.where("o.link", "ilike", containing(filter.linkContains));
  }
  if (filter.from !== undefined) matches = matches.where("o.created_at", ">=", filter.from);
  if (filter.until !== undefined) matches = matches.where("o.created_at", "<", filter.until);
  if (filter.beforeId !== undefined) matches = matches.where("o.id", "<", filter.beforeId);
  const number = filter.providerOrder;
  if (number !== undefined) {
    // Attempts are found by provider and number: every provider is named, so that the index is
    // used.
    matches = matches.where(({ refTuple, selectFrom, eb }) =>
      eb(
        refTuple("o.account_id", "o.id"),
        "in",
        selectFrom("providers as p")
          .innerJoin("attempts as t", (join) =>
            join.onRef("t.provider_id", "=", "p.id").on("t.provider_order", "=", number),
          )
          .select(["t.account_id", "t.order_id"])
          .$asTuple("account_id", "order_id"),
      ),
    );
  }
  return matches;
}

async function viewRows(
  ctx: Context,
  actor: Actor,
  keys: readonly { readonly account_id: AccountId; readonly id: OrderId }[],
) {
  const sight = sightOf(actor);
  const orders = await listOrdersByKey(
    ctx.db,
    keys.map((key) => ({ accountId: key.account_id, orderId: key.id })),
  );
  const aliases = sight.provider ? await aliasesOf(ctx.db) : undefined;
  const services = await namesOf(
    ctx,
    orders.map((order) => order.serviceId),
  );
  const emails = sight.email
    ? await emailsOf(
        ctx.db,
        orders.map((order) => order.accountId),
      )
    : undefined;
  return orders.map((order) => ({
    ...orderRecord(order, sight),
    service_name: services.get(order.serviceId) ?? null,
    source: order.source,
    held: order.held ?? null,
    ...(emails && { email: emails.get(order.accountId) ?? null }),
    ...(aliases && { provider_alias: aliases.get(order.providerId) ?? null }),
  }));
}

async function namesOf(ctx: Context, ids: readonly ServiceId[]) {
  const rows = await readRows(
    ctx.db,
    tables
      .selectFrom("services")
      .select(["id", "name"])
      .where("id", "=", sql<number>`any (${[...new Set(ids)]}::bigint[])`),
  );
  return new Map<number, string>(rows.map(({ id, name }) => [id, name]));
}

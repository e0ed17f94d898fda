import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { AccountId, ApiKeyId, ProductId, ProductOrderId, ProviderId } from "#values/ids.ts";
import type { ProductOrderStatus } from "#values/product-order-status.ts";
import type { ProductOrderWait } from "./product-orders.sql.ts";

/** A product order in a list; money as decimals. */
export type ListedProductOrder = {
  readonly id: ProductOrderId;
  readonly account_id: AccountId;
  readonly product_id: ProductId;
  readonly status: ProductOrderStatus;
  readonly quantity: number;
  readonly delivered: number;
  readonly charge: string;
  readonly refunded: string;
  readonly waits_for: ProductOrderWait | null;
  readonly waits_note: string | null;
  readonly waits_since: Date | null;
  readonly provider_id: ProviderId | null;
  readonly created_at: Date;
};

const countWaitingSql = statement<{ waits_for: ProductOrderWait; orders: number }>(
  "productOrders.countWaiting",
  `select o.waits_for, count(*) as orders
     from product_orders o
     join accounts a on a.id = o.account_id and a.kind <> 'test'
    where o.waits_for is not null
    group by o.waits_for
    order by o.waits_for`,
);

/** How many wait for staff, by reason, without play money. */
export function countWaitingProductOrders(
  db: Queryable,
): Promise<{ waits_for: ProductOrderWait; orders: number }[]> {
  return countWaitingSql.all(db);
}

/** Who placed a product order, and under which request id. */
export type ProductOrderPlacing = {
  readonly key_id: ApiKeyId | null;
  readonly source: "api" | "web";
  readonly request_id: string | null;
};

const findPlacingSql = statement<ProductOrderPlacing>(
  "productOrders.findPlacing",
  `select key_id, source, request_id
     from product_orders
    where account_id = $1::bigint and id = $2::bigint`,
);

/** How an order that exists was placed. */
export function findProductOrderPlacing(
  db: Queryable,
  accountId: AccountId,
  id: ProductOrderId,
): Promise<ProductOrderPlacing> {
  return findPlacingSql.one(db, accountId, id);
}

/** An attempt to place an order at a provider. */
export type ProductTry = {
  readonly number: number;
  readonly provider_id: ProviderId;
  readonly provider_product: string;
  readonly request_id: string;
  readonly expected_charge: string | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly outcome: string | null;
  readonly concern: string | null;
  readonly reason: string | null;
  readonly provider_order: string | null;
  readonly settled_as: string | null;
  readonly settled_by: string | null;
  readonly settled_at: Date | null;
};

const listTriesSql = statement<ProductTry>(
  "productOrders.listTries",
  `select number, provider_id, provider_product, request_id, expected_charge::text, started_at,
          ended_at, outcome, concern, reason, provider_order, settled_as, settled_by, settled_at
     from product_attempts
    where account_id = $1::bigint and product_order_id = $2::bigint
    order by number`,
);

/** The attempts to place an order at providers, in order. */
export function listProductTries(
  db: Queryable,
  accountId: AccountId,
  id: ProductOrderId,
): Promise<ProductTry[]> {
  return listTriesSql.all(db, accountId, id);
}

import { hash } from "node:crypto";
import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import { actorName } from "#values/actor.ts";
import type { Actor } from "#values/actor.ts";
import type { AccountId, ApiKeyId, ProductId, ProductOrderId } from "#values/ids.ts";
import { decimalFromAmount } from "#values/money.ts";
import { isProductOrderFinal } from "#values/product-order-status.ts";
import type { ProductOrder } from "./product-orders.sql.ts";

// One statement, because the stock is locked while it runs.
const placeSql = statement(
  "productOrders.place",
  `with placed as (
     insert into product_orders (account_id, id, product_id, key_id, source, quantity, delivered,
                                 sealed_answer, rate, charge, cost, status, waits_for, waits_note,
                                 waits_since, provider_id, provider_product, warranty_days,
                                 request_id, request_hash, finished_at)
     values ($1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::text, $6::integer, $7::integer,
             $8::text, $9::numeric, $10::numeric, $11::numeric, $12::text, $13::text, $14::text,
             case when $13::text is not null then panel_now() end, $15::bigint, $16::text,
             $17::integer, $18::text, $19::uuid, case when $20::boolean then panel_now() end)
     returning account_id, id, status, delivered, refunded, provider_id
   ),
   due as (
     insert into product_tasks (product_order_id, account_id, provider_id, kind)
     select id, account_id, provider_id, 'send'
       from placed
      where provider_id is not null
   )
   insert into product_order_changes (account_id, product_order_id, actor, status, delivered, refunded)
   select account_id, id, $21::text, status, delivered, refunded
     from placed`,
);

/** Where an order came from, and the request that it answers. */
export type ProductOrderOrigin = {
  readonly keyId: ApiKeyId | undefined;
  readonly source: "api" | "web";
  readonly requestId: string | undefined;
  /** For the first entry of its timeline. */
  readonly by: Actor;
};

/**
 * Inserts a new order as it stands when this transaction ends, the first entry of its timeline, and
 * the task to send it if it is bought from a provider. Fails on `product_orders_requests` where the
 * request id is taken.
 */
export async function placeNewProductOrder(
  tx: Tx,
  order: ProductOrder,
  origin: ProductOrderOrigin,
): Promise<void> {
  await placeSql.run(
    tx,
    order.accountId,
    order.id,
    order.productId,
    origin.keyId,
    origin.source,
    order.quantity,
    order.delivered,
    order.sealedAnswer,
    decimalFromAmount(order.rate),
    decimalFromAmount(order.charge),
    order.cost === undefined ? null : decimalFromAmount(order.cost),
    order.status,
    order.waits?.for,
    order.waits?.note,
    order.providerId,
    order.providerProduct,
    order.warrantyDays,
    origin.requestId,
    origin.requestId === undefined ? null : requestHash(order.productId, order.quantity),
    isProductOrderFinal(order.status),
    actorName(origin.by),
  );
}

/**
 * A digest of what is not secret. The answer is left out: a digest would reveal short answers, and
 * a keyed one would not outlive the key. Answers are compared by opening the stored one.
 */
function requestHash(productId: ProductId, quantity: number): string {
  return hash("sha256", JSON.stringify([productId, quantity]), "hex").slice(0, 32);
}

/** An earlier order under a request id, with the fields that tell requests apart. */
export type EarlierProductOrder = Pick<
  ProductOrder,
  "id" | "productId" | "quantity" | "sealedAnswer"
>;

const findByRequestSql = statement<{
  id: ProductOrderId;
  product_id: ProductId;
  quantity: number;
  sealed_answer: string | null;
}>(
  "productOrders.findByRequest",
  `select id, product_id, quantity, sealed_answer
     from product_orders
    where account_id = $1::bigint and request_id = $2::text`,
);

/** The order that was placed under this request id of an account. */
export async function findProductOrderByRequest(
  db: Queryable,
  accountId: AccountId,
  requestId: string,
): Promise<EarlierProductOrder | undefined> {
  const row = await findByRequestSql.maybe(db, accountId, requestId);
  return (
    row && {
      id: row.id,
      productId: row.product_id,
      quantity: row.quantity,
      sealedAnswer: row.sealed_answer ?? undefined,
    }
  );
}

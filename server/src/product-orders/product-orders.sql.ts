// Long because: every text that names this one table stands here.
import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import { moverName } from "#values/actor.ts";
import type { Mover } from "#values/actor.ts";
import type { AccountId, ProductId, ProductOrderId, ProviderId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { ProductOrderStatus } from "#values/product-order-status.ts";

/** Why a product order waits for staff. */
export type ProductOrderWait =
  /** It is delivered by hand. */
  | "delivery"
  /** It is not known what became of an attempt at the provider. */
  | "unknown"
  /** The provider refused it. */
  | "failed"
  /** The provider took it after it had ended here. */
  | "accepted_late"
  /** The provider's status is unknown to us. */
  | "status_unknown"
  /** The provider says that it is done but gave fewer lines than were ordered. */
  | "short"
  /** The provider gave a line that it had given before. */
  | "repeated"
  /** The provider takes back what it said before. */
  | "went_back"
  /** It ended, but what the provider charges for it was not booked. */
  | "cost_unclear";

export type ProductOrder = {
  readonly accountId: AccountId;
  readonly id: ProductOrderId;
  readonly productId: ProductId;
  readonly quantity: number;
  /** How many items the buyer got, including those whose price a claim gave back. */
  readonly delivered: number;
  /** The buyer's answer to the product's question, sealed for `answerPurpose`. */
  readonly sealedAnswer: string | undefined;
  /** The price of one item, frozen. */
  readonly rate: Amount;
  readonly charge: Amount;
  readonly refunded: Amount;
  readonly cost: Amount | undefined;
  readonly bookedCost: Amount;
  readonly costBookings: number;
  readonly status: ProductOrderStatus;
  /** For the buyer. */
  readonly note: string | undefined;
  readonly waits:
    | { readonly for: ProductOrderWait; readonly note: string; readonly since: Date }
    | undefined;
  readonly providerId: ProviderId | undefined;
  readonly providerProduct: string | undefined;
  readonly providerOrder: string | undefined;
  readonly warrantyDays: number;
  readonly createdAt: Date;
  readonly finishedAt: Date | undefined;
};

/** The purpose under which a buyer's answer is sealed. */
export function answerPurpose(id: ProductOrderId): string {
  return `product-order:${id}:answer`;
}

type Row = {
  account_id: AccountId;
  id: ProductOrderId;
  product_id: ProductId;
  quantity: number;
  delivered: number;
  sealed_answer: string | null;
  rate: string;
  charge: string;
  refunded: string;
  cost: string | null;
  booked_cost: string;
  cost_bookings: number;
  status: ProductOrderStatus;
  note: string | null;
  waits_for: ProductOrderWait | null;
  waits_note: string | null;
  waits_since: Date | null;
  provider_id: ProviderId | null;
  provider_product: string | null;
  provider_order: string | null;
  warranty_days: number;
  created_at: Date;
  finished_at: Date | null;
};

const columns = `account_id, id, product_id, quantity, delivered, sealed_answer, rate, charge,
  refunded, cost, booked_cost, cost_bookings, status, note, waits_for, waits_note, waits_since,
  provider_id, provider_product, provider_order, warranty_days, created_at, finished_at`;

function fromRow(row: Row): ProductOrder {
  const { waits_for: waitsFor, waits_since: since } = row;
  return {
    accountId: row.account_id,
    id: row.id,
    productId: row.product_id,
    quantity: row.quantity,
    delivered: row.delivered,
    sealedAnswer: row.sealed_answer ?? undefined,
    rate: amountFromDecimal(row.rate),
    charge: amountFromDecimal(row.charge),
    refunded: amountFromDecimal(row.refunded),
    cost: row.cost === null ? undefined : amountFromDecimal(row.cost),
    bookedCost: amountFromDecimal(row.booked_cost),
    costBookings: row.cost_bookings,
    status: row.status,
    note: row.note ?? undefined,
    waits:
      waitsFor === null || since === null
        ? undefined
        : { for: waitsFor, note: row.waits_note ?? "", since },
    providerId: row.provider_id ?? undefined,
    providerProduct: row.provider_product ?? undefined,
    providerOrder: row.provider_order ?? undefined,
    warrantyDays: row.warranty_days,
    createdAt: row.created_at,
    finishedAt: row.finished_at ?? undefined,
  };
}

const lockSql = statement<Row>(
  "productOrders.lock",
  `select ${columns}
     from product_orders
    where account_id = $1::bigint and id = $2::bigint
      for no key update`,
);

/** Locks a product order. It is locked before its task, the stock and the account. */
export async function lockProductOrder(
  tx: Tx,
  accountId: AccountId,
  id: ProductOrderId,
): Promise<ProductOrder | undefined> {
  const row = await lockSql.maybe(tx, accountId, id);
  return row && fromRow(row);
}

const findSql = statement<Row>(
  "productOrders.find",
  `select ${columns} from product_orders where id = $1::bigint`,
);

/** Finds an order by its number alone, for staff. */
export async function findProductOrder(
  db: Queryable,
  id: ProductOrderId,
): Promise<ProductOrder | undefined> {
  const row = await findSql.maybe(db, id);
  return row && fromRow(row);
}

const listByIdsSql = statement<Row>(
  "productOrders.listByIds",
  `select ${columns}
     from product_orders
    where account_id = $1::bigint and id = any ($2::bigint[])`,
);

/** The orders with these numbers that belong to an account. */
export async function listProductOrdersByIds(
  db: Queryable,
  accountId: AccountId,
  ids: readonly ProductOrderId[],
): Promise<ProductOrder[]> {
  return (await listByIdsSql.all(db, accountId, ids)).map(fromRow);
}

const listByNumbersSql = statement<Row>(
  "productOrders.listByNumbers",
  `select ${columns} from product_orders where id = any ($1::bigint[])`,
);

/** The orders with these numbers, of any account. */
export async function listProductOrdersOf(
  db: Queryable,
  ids: readonly ProductOrderId[],
): Promise<ProductOrder[]> {
  return (await listByNumbersSql.all(db, ids)).map(fromRow);
}

const nextIdSql = statement<{ id: ProductOrderId }>(
  "productOrders.nextId",
  "select nextval('product_order_ids') as id",
);

/** The number of an order that is about to be inserted. */
export async function nextProductOrderId(tx: Tx): Promise<ProductOrderId> {
  return (await nextIdSql.one(tx)).id;
}

const updateSql = statement(
  "productOrders.update",
  `update product_orders
      set delivered = $3::integer, refunded = $4::numeric, status = $5::text, note = $6::text,
          waits_for = $7::text, waits_note = $8::text,
          waits_since = case when $7::text is null then null
                             when $7::text = waits_for then waits_since else panel_now() end,
          provider_order = $9::text,
          number_reuse = case when provider_order is not distinct from $9::text then number_reuse
                              when $9::text is null then null
                              when $10::boolean then
                                (select count(*)
                                   from product_orders others
                                  where others.provider_id = product_orders.provider_id
                                    and others.provider_order = $9::text)
                              else 0 end,
          updated_at = panel_now(),
          finished_at = case when $5::text in ('completed', 'partial', 'canceled')
                             then coalesce(finished_at, panel_now()) end
    where account_id = $1::bigint and id = $2::bigint`,
);

/** Writes where a locked order stands. `isReused`: its provider gave another order this number. */
export async function updateProductOrder(
  tx: Tx,
  order: Pick<
    ProductOrder,
    "accountId" | "id" | "delivered" | "refunded" | "status" | "note" | "providerOrder"
  > & { readonly waits: { readonly for: ProductOrderWait; readonly note: string } | undefined },
  isReused = false,
): Promise<void> {
  await updateSql.run(
    tx,
    order.accountId,
    order.id,
    order.delivered,
    decimalFromAmount(order.refunded),
    order.status,
    order.note,
    order.waits?.for,
    order.waits?.note,
    order.providerOrder,
    isReused,
  );
}

const setBookedSql = statement(
  "productOrders.setBookedCost",
  `update product_orders
      set booked_cost = $3::numeric, cost_bookings = cost_bookings + 1
    where account_id = $1::bigint and id = $2::bigint`,
);

/** Only together with the posting, under the order's lock. */
export async function setBookedProductCost(
  tx: Tx,
  accountId: AccountId,
  id: ProductOrderId,
  cost: Amount,
): Promise<void> {
  await setBookedSql.run(tx, accountId, id, decimalFromAmount(cost));
}

const insertChangeSql = statement(
  "productOrders.insertChange",
  `insert into product_order_changes (account_id, product_order_id, actor, status_before, status,
                                      delivered, refunded, note)
   values ($1::bigint, $2::bigint, $3::text, $4::text, $5::text, $6::integer, $7::numeric, $8::text)`,
);

/** Records how a locked order moved, permanently. `before` is left out for a new order. */
export async function insertProductOrderChange(
  tx: Tx,
  by: Mover,
  before: ProductOrderStatus | undefined,
  after: Pick<ProductOrder, "accountId" | "id" | "status" | "delivered" | "refunded" | "note">,
): Promise<void> {
  await insertChangeSql.run(
    tx,
    after.accountId,
    after.id,
    moverName(by),
    before,
    after.status,
    after.delivered,
    decimalFromAmount(after.refunded),
    after.note,
  );
}

/** One step of an order's timeline. */
export type ProductOrderChange = {
  readonly at: Date;
  readonly actor: string;
  readonly status_before: ProductOrderStatus | null;
  readonly status: ProductOrderStatus;
  readonly delivered: number;
  readonly refunded: string;
  readonly note: string | null;
};

const listChangesSql = statement<ProductOrderChange>(
  "productOrders.listChanges",
  `select at, actor, status_before, status, delivered, refunded::text, note
     from product_order_changes
    where account_id = $1::bigint and product_order_id = $2::bigint
    order by id
    limit 1000`,
);

/** The steps of an order, oldest first. */
export function listProductOrderChanges(
  db: Queryable,
  accountId: AccountId,
  id: ProductOrderId,
): Promise<ProductOrderChange[]> {
  return listChangesSql.all(db, accountId, id);
}

import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, ProductId, ProductItemId, ProductOrderId } from "#values/ids.ts";

/** Where a line came from: an upload, a provider, staff's own hands, or the sandbox. */
export type ItemOrigin = "upload" | "provider" | "hand" | "sandbox";

/** The purpose that a line is sealed for; `digest` in hexadecimal ties the text to its row. */
export function itemPurpose(digest: Buffer): string {
  return `product-item:${digest.toString("hex")}`;
}

/** The purpose that the digests of lines are made for. */
export const itemDigestPurpose = "product-item";

/** A sealed line of the stock: open `sealed` for `itemPurpose(digest)`. */
export type SealedItem = {
  readonly id: ProductItemId;
  readonly sealed: string;
  readonly digest: Buffer;
};

/** An item of an order; its places are counted from 1. */
export type DeliveredItem = SealedItem & {
  readonly place: number;
  readonly state: "sold" | "replaced" | "returned";
  readonly origin: ItemOrigin;
};

const lockStockSql = statement<{ free: number }>(
  "products.lockStock",
  "select free from product_counts where product_id = $1::bigint for update",
);

/**
 * Locks the stock of a product and returns how many items are free; `undefined` without the
 * product. Every transaction that takes, adds or gives back items holds this lock. It comes after
 * product orders and before accounts.
 */
export async function lockStock(tx: Tx, id: ProductId): Promise<number | undefined> {
  return (await lockStockSql.maybe(tx, id))?.free;
}

const countFreeSql = statement(
  "products.addToCount",
  `update product_counts c
      set free = c.free + $2::integer,
          low_since = case when c.free + $2::integer <= p.low_mark
                           then coalesce(c.low_since, panel_now()) end
     from products p
    where c.product_id = $1::bigint and p.id = c.product_id`,
);

/**
 * Changes the count of free items, and records where that takes it to the low mark or above it
 * again; the stock is locked. A change of 0 applies a changed low mark.
 */
export async function addToCount(tx: Tx, id: ProductId, change: number): Promise<void> {
  await countFreeSql.run(tx, id, change);
}

const takeSql = statement<{ id: ProductItemId; sealed: string; digest: Buffer; place: number }>(
  "products.takeFreeItems",
  `with taken as materialized (
     select id, row_number() over (order by id) as n
       from (select id
               from product_items
              where product_id = $1::bigint and state = 'free'
              order by id
              limit $4::integer) first
   )
   update product_items i
      set state = 'sold', account_id = $2::bigint, product_order_id = $3::bigint,
          place = $5::integer + t.n, sold_at = panel_now(), claim_id = $6::bigint
     from taken t
    where i.id = t.id
   returning i.id, i.sealed, i.digest, i.place`,
);

/** The order that items go to, and the places that they take in it: those after `placesBefore`. */
export type ItemsFor = {
  readonly accountId: AccountId;
  readonly productOrderId: ProductOrderId;
  readonly placesBefore: number;
  /** The claim that they are a replacement for. */
  readonly claimId?: number;
};

/**
 * Sells the oldest free items to an order, at most `count`, and takes them off the count. The stock
 * is locked. They are returned in the order of their places.
 */
export async function takeFreeItems(
  tx: Tx,
  productId: ProductId,
  count: number,
  to: ItemsFor,
): Promise<(SealedItem & { readonly place: number })[]> {
  const { accountId, productOrderId, placesBefore, claimId } = to;
  const taken = await takeSql.all(
    tx,
    productId,
    accountId,
    productOrderId,
    count,
    placesBefore,
    claimId,
  );
  if (taken.length > 0) await addToCount(tx, productId, -taken.length);
  return taken.toSorted((a, b) => a.place - b.place);
}

const insertSoldSql = statement(
  "products.insertSoldItems",
  `insert into product_items (product_id, state, origin, sealed, digest, account_id,
                              product_order_id, place, sold_at, claim_id)
   select $1::bigint, 'sold', $2::text, i.sealed, i.digest, $3::bigint, $4::bigint,
          $5::integer + i.n, panel_now(), $8::bigint
     from unnest($6::text[], $7::bytea[]) with ordinality as i (sealed, digest, n)`,
);

/**
 * Writes lines that were never in the stock as delivered to an order: a provider's, or lines
 * delivered by hand.
 */
export async function insertSoldItems(
  tx: Tx,
  productId: ProductId,
  origin: Exclude<ItemOrigin, "upload">,
  lines: readonly { readonly sealed: string; readonly digest: Buffer }[],
  to: ItemsFor,
): Promise<void> {
  if (lines.length === 0) return;
  await insertSoldSql.run(
    tx,
    productId,
    origin,
    to.accountId,
    to.productOrderId,
    to.placesBefore,
    lines.map(({ sealed }) => sealed),
    lines.map(({ digest }) => digest),
    to.claimId,
  );
}

const listOfOrdersSql = statement<{
  product_order_id: ProductOrderId;
  id: ProductItemId;
  sealed: string;
  digest: Buffer;
  place: number;
  state: DeliveredItem["state"];
  origin: ItemOrigin;
}>(
  "products.listItemsOfOrders",
  `select product_order_id, id, sealed, digest, place, state, origin
     from product_items
    where account_id = $1::bigint and product_order_id = any ($2::bigint[])
    order by product_order_id, place`,
);

/**
 * Lists everything that was delivered for these orders of an account, in the order of the places.
 */
export async function listItemsOfOrders(
  db: Queryable,
  accountId: AccountId,
  ids: readonly ProductOrderId[],
): Promise<ReadonlyMap<ProductOrderId, readonly DeliveredItem[]>> {
  const found = new Map<ProductOrderId, DeliveredItem[]>(ids.map((id) => [id, []]));
  for (const { product_order_id: of, ...item } of await listOfOrdersSql.all(db, accountId, ids)) {
    found.get(of)?.push(item);
  }
  return found;
}

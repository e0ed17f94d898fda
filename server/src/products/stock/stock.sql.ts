import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type {
  AccountId,
  ProductId,
  ProductItemId,
  ProductOrderId,
  ProductUploadId,
} from "#values/ids.ts";
import type { ItemOrigin } from "#products/items.sql.ts";

export const itemStates = ["free", "sold", "replaced", "returned", "void"] as const;
export type ItemState = (typeof itemStates)[number];

/** How many items of a product there are in each state. */
export type StockCounts = Readonly<Record<ItemState, number>>;

const countSql = statement<{ state: ItemState; items: number }>(
  "products.countItems",
  `select state, count(*) as items
     from product_items
    where product_id = $1::bigint and origin <> 'sandbox'
    group by state`,
);

/** Counts all items of a product, without the lines of test orders. Reads every one of them. */
export async function countItems(db: Queryable, id: ProductId): Promise<StockCounts> {
  const counts = { free: 0, sold: 0, replaced: 0, returned: 0, void: 0 };
  for (const { state, items } of await countSql.all(db, id)) counts[state] = items;
  return counts;
}

/** An item as staff see it: without its text. */
export type ItemRow = {
  readonly id: ProductItemId;
  readonly state: ItemState;
  readonly origin: ItemOrigin;
  readonly upload_id: ProductUploadId | null;
  readonly account_id: AccountId | null;
  readonly product_order_id: ProductOrderId | null;
  readonly created_at: Date;
  readonly sold_at: Date | null;
};

const listItemsSql = statement<ItemRow>(
  "products.listItems",
  `select id, state, origin, upload_id, account_id, product_order_id, created_at, sold_at
     from product_items
    where product_id = $1::bigint
      and ($2::text is null or state = $2::text)
      and id > $3::bigint
    order by id
    limit $4::integer`,
);

/**
 * Lists items of a product after an id, in the order in which they came; of one state or of all.
 */
export function listItems(
  db: Queryable,
  id: ProductId,
  asked: { readonly state: ItemState | undefined; readonly after: number; readonly limit: number },
): Promise<ItemRow[]> {
  return listItemsSql.all(db, id, asked.state, asked.after, asked.limit);
}

const findItemSql = statement<
  Pick<ItemRow, "id" | "state" | "product_order_id"> & { sealed: string; digest: Buffer }
>(
  "products.findItem",
  `select id, state, product_order_id, sealed, digest
     from product_items
    where id = $1::bigint and product_id = $2::bigint`,
);

/** One item of a product, still sealed. */
export function findItem(
  db: Queryable,
  productId: ProductId,
  id: ProductItemId,
): Promise<
  | (Pick<ItemRow, "id" | "state" | "product_order_id"> & {
      readonly sealed: string;
      readonly digest: Buffer;
    })
  | undefined
> {
  return findItemSql.maybe(db, id, productId);
}

const voidItemsSql = statement<{ id: ProductItemId }>(
  "products.voidItems",
  `update product_items
      set state = 'void'
    where product_id = $1::bigint and state = 'free' and id = any ($2::bigint[])
    returning id`,
);
const voidAllSql = statement<{ id: ProductItemId }>(
  "products.voidAllItems",
  `update product_items
      set state = 'void'
    where product_id = $1::bigint and state = 'free'
    returning id`,
);

/**
 * Takes free items out of the stock for good, those with these ids or all; returns which. The stock
 * is locked; the caller lowers its count.
 */
export async function voidItems(
  tx: Tx,
  productId: ProductId,
  which: readonly ProductItemId[] | "all",
): Promise<ProductItemId[]> {
  const rows =
    which === "all"
      ? await voidAllSql.all(tx, productId)
      : await voidItemsSql.all(tx, productId, which);
  return rows.map(({ id }) => id);
}

const findByDigestSql = statement<{ id: ProductItemId; digest: Buffer }>(
  "products.listUploadedByDigest",
  `select id, digest
     from product_items
    where origin = 'upload' and digest = any ($1::bytea[]) and product_id = $2::bigint`,
);

/** Finds which uploaded items of a product have these lines, by their digests. */
export async function listUploadedIds(
  db: Queryable,
  productId: ProductId,
  digests: readonly Buffer[],
): Promise<ProductItemId[]> {
  return (await findByDigestSql.all(db, digests, productId)).map(({ id }) => id);
}

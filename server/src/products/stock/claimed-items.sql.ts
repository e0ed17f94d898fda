import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, ProductClaimId, ProductOrderId } from "#values/ids.ts";

/** An item that a buyer still has, without its text. */
export type HeldItem = {
  readonly place: number;
  readonly soldAt: Date;
  /** True where it was given for an item that did not work. */
  readonly isReplacement: boolean;
};

const listHeldSql = statement<{ place: number; sold_at: Date; is_replacement: boolean }>(
  "products.listHeldItems",
  `select place, sold_at, claim_id is not null as is_replacement
     from product_items
    where account_id = $1::bigint and product_order_id = $2::bigint and state = 'sold'
    order by place`,
);

/** Lists what the buyer of a locked order has now, in the order of the places. */
export async function listHeldItems(
  db: Queryable,
  accountId: AccountId,
  id: ProductOrderId,
): Promise<HeldItem[]> {
  const rows = await listHeldSql.all(db, accountId, id);
  return rows.map((row) => ({
    place: row.place,
    soldAt: row.sold_at,
    isReplacement: row.is_replacement,
  }));
}

const takeBackSql = statement(
  "products.takeBackItems",
  `update product_items
      set state = $4::text, claim_id = $5::bigint
    where account_id = $1::bigint and product_order_id = $2::bigint and state = 'sold'
      and place = any ($3::integer[])`,
);

/**
 * Records that items of a locked order do not work: `replaced` or `returned`, for good. They never
 * become free again. Throws where one of the places holds nothing that the buyer has.
 */
export async function takeBackItems(
  tx: Tx,
  of: { readonly accountId: AccountId; readonly productOrderId: ProductOrderId },
  places: readonly number[],
  as: { readonly state: "replaced" | "returned"; readonly claimId: ProductClaimId },
): Promise<void> {
  if (places.length === 0) return;
  const { accountId, productOrderId } = of;
  const taken = await takeBackSql.run(tx, accountId, productOrderId, places, as.state, as.claimId);
  if (taken !== places.length) throw new Error(`${taken} of ${places.length} items taken back`);
}

const lastPlaceSql = statement<{ place: number }>(
  "products.findLastPlace",
  `select coalesce(max(place), 0) as place
     from product_items
    where account_id = $1::bigint and product_order_id = $2::bigint`,
);

/** The highest place ever taken in a locked order; 0 where nothing was delivered. */
export async function findLastPlace(
  tx: Tx,
  accountId: AccountId,
  id: ProductOrderId,
): Promise<number> {
  return (await lastPlaceSql.one(tx, accountId, id)).place;
}

const findKnownSql = statement<{ digest: Buffer }>(
  "products.findKnownLines",
  `select digest from product_items where origin = 'upload' and digest = any ($1::bytea[])
    union
   select digest from product_items where origin = 'provider' and digest = any ($1::bytea[])
    union
   select digest
     from product_items
    where account_id = $2::bigint and product_order_id = $3::bigint and digest = any ($1::bytea[])`,
);

/**
 * Finds, by their digests, which of these lines were ever in the stock, came from a provider, or
 * were delivered to this very order.
 */
export async function findKnownLines(
  db: Queryable,
  digests: readonly Buffer[],
  of: { readonly accountId: AccountId; readonly productOrderId: ProductOrderId },
): Promise<Buffer[]> {
  const rows = await findKnownSql.all(db, digests, of.accountId, of.productOrderId);
  return rows.map(({ digest }) => digest);
}

import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { ProductId } from "#values/ids.ts";

/** How many items a product has, where that differs from what was told last. */
export type UntoldStock = { readonly productId: ProductId; readonly inventory: number | undefined };

// Products that are delivered by hand here have no stock; for a provider's goods its list says how
// many.
const untold = `
     from product_counts c
     join products p on p.id = c.product_id
    cross join lateral (
      select case when p.provider_id is not null then p.provider_inventory
                  when p.type = 'auto' then c.free end as inventory) now
    where now.inventory is distinct from c.told`;

const isUntoldSql = statement<{ is_untold: boolean }>(
  "products.isStockUntold",
  `select exists (select ${untold}) as is_untold`,
);

/** True where there is something to tell followers of the price list. Takes no lock. */
export async function isStockUntold(db: Queryable): Promise<boolean> {
  return (await isUntoldSql.one(db)).is_untold;
}

const lockUntoldSql = statement<{ product_id: ProductId; inventory: number | null }>(
  "products.lockUntoldStock",
  `select c.product_id, now.inventory ${untold}
    order by c.product_id
    limit $1::integer
      for update of c`,
);
const lockUntoldNowSql = statement<{ product_id: ProductId; inventory: number | null }>(
  "products.lockUntoldStockNow",
  `select c.product_id, now.inventory ${untold}
    order by c.product_id
    limit $1::integer
      for update of c skip locked`,
);

/**
 * Locks the stocks that are to be told of. It waits for stocks that another transaction holds, at
 * most a second (55P03), or skips them.
 */
export async function lockUntoldStock(
  tx: Tx,
  limit: number,
  whereHeld: "wait" | "pass",
): Promise<UntoldStock[]> {
  if (whereHeld === "wait") await setPatienceSql.run(tx);
  const sql = whereHeld === "wait" ? lockUntoldSql : lockUntoldNowSql;
  const rows = await sql.all(tx, limit);
  return rows.map((row) => ({ productId: row.product_id, inventory: row.inventory ?? undefined }));
}

const setPatienceSql = statement(
  "products.setPatience",
  "select set_config('lock_timeout', '1000', true)",
);

const setToldSql = statement(
  "products.setTold",
  `update product_counts c
      set told = i.inventory
     from unnest($1::bigint[], $2::integer[]) as i (product_id, inventory)
    where c.product_id = i.product_id`,
);

/** Records what was told. The stocks are locked. */
export async function setTold(tx: Tx, stocks: readonly UntoldStock[]): Promise<void> {
  await setToldSql.run(
    tx,
    stocks.map(({ productId }) => productId),
    stocks.map(({ inventory }) => inventory),
  );
}

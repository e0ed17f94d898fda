import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { ProductId } from "#values/ids.ts";

/** A free item of a product, with how many of them there are. */
export type StockSample = {
  readonly product_id: ProductId;
  readonly name: string;
  readonly free: number;
  readonly sealed: string;
  readonly digest: Buffer;
};

// The index of free items serves both ends of each product's stock.
const listSamplesSql = statement<StockSample>(
  "products.listStockSamples",
  `select p.id as product_id, p.name, c.free, i.sealed, i.digest
     from products p
     join product_counts c on c.product_id = p.id
    cross join lateral (
      (select id, sealed, digest from product_items
        where product_id = p.id and state = 'free' order by id limit $1::integer)
      union
      (select id, sealed, digest from product_items
        where product_id = p.id and state = 'free' order by id desc limit $1::integer)
    ) i
    where c.free > 0
    order by p.id, i.id`,
);

/**
 * Lists the oldest and the newest free items of every product, `ofEach` of each, without repeats.
 */
export function listStockSamples(db: Queryable, ofEach: number): Promise<StockSample[]> {
  return listSamplesSql.all(db, ofEach);
}

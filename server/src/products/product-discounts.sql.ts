import { statement } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { ProductId } from "#values/ids.ts";
import { decimalFromAmount } from "#values/money.ts";
import type { QuantityDiscount } from "./product.ts";

const deleteDiscountsSql = statement(
  "products.deleteDiscounts",
  "delete from product_discounts where product_id = $1::bigint",
);
const insertDiscountsSql = statement(
  "products.insertDiscounts",
  `insert into product_discounts (product_id, quantity_from, percent)
   select $1::bigint, i.quantity_from, i.percent
     from unnest($2::integer[], $3::numeric[]) as i (quantity_from, percent)`,
);

/** Replaces a product's quantity discounts with these. The stock is locked. */
export async function replaceDiscounts(
  tx: Tx,
  id: ProductId,
  discounts: readonly QuantityDiscount[],
): Promise<void> {
  await deleteDiscountsSql.run(tx, id);
  if (discounts.length === 0) return;
  await insertDiscountsSql.run(
    tx,
    id,
    discounts.map(({ quantityFrom }) => quantityFrom),
    discounts.map(({ percent }) => decimalFromAmount(percent)),
  );
}

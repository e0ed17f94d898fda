import { customRateFromRow, customRateToRow } from "#catalog/custom-rate.ts";
import type { CustomRate, CustomRateRow } from "#catalog/custom-rate.ts";
import { findPriceTerms } from "#customers/customers.sql.ts";
import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, ProductId } from "#values/ids.ts";
import type { Amount } from "#values/money.ts";
import type { ProductTerms } from "./product-price.ts";

type RateRow = CustomRateRow & { product_id: ProductId };

const findSql = statement<RateRow>(
  "products.findRate",
  `select product_id, fixed, percent
     from product_rates
    where account_id = $1::bigint and product_id = $2::bigint`,
);

/** A customer's own price of one product. */
export async function findProductRate(
  db: Queryable,
  accountId: AccountId,
  productId: ProductId,
): Promise<CustomRate | undefined> {
  const row = await findSql.maybe(db, accountId, productId);
  return row && customRateFromRow(row);
}

const listSql = statement<RateRow>(
  "products.listRates",
  `select product_id, fixed, percent
     from product_rates
    where account_id = $1::bigint
    order by product_id`,
);

/** A customer's own prices of products, in the order of their ids. */
export async function listProductRates(
  db: Queryable,
  accountId: AccountId,
): Promise<ReadonlyMap<ProductId, CustomRate>> {
  const rates = new Map<ProductId, CustomRate>();
  for (const row of await listSql.all(db, accountId)) {
    const rate = customRateFromRow(row);
    if (rate !== undefined) rates.set(row.product_id, rate);
  }
  return rates;
}

/**
 * What makes the price of one product differ for a buyer: a customer, or a test account, for which
 * its customer's terms hold. `undefined` where there is no such account.
 */
export async function findProductTerms(
  db: Queryable,
  accountId: AccountId,
  productId: ProductId,
): Promise<ProductTerms | undefined> {
  const terms = await findPriceTerms(db, accountId);
  if (terms === undefined) return undefined;
  const custom = await findProductRate(db, terms.ratesOf, productId);
  return { discountPercent: terms.discountPercent, custom };
}

/** A buyer's terms for all products. */
export type AllProductTerms = {
  readonly discountPercent: Amount;
  readonly rates: ReadonlyMap<ProductId, CustomRate>;
};

/** The same for all products at once. */
export async function findAllProductTerms(
  db: Queryable,
  accountId: AccountId,
): Promise<AllProductTerms | undefined> {
  const terms = await findPriceTerms(db, accountId);
  if (terms === undefined) return undefined;
  const rates = await listProductRates(db, terms.ratesOf);
  return { discountPercent: terms.discountPercent, rates };
}

const upsertSql = statement(
  "products.upsertRate",
  `insert into product_rates (account_id, product_id, fixed, percent)
   values ($1::bigint, $2::bigint, $3::numeric, $4::numeric)
   on conflict (account_id, product_id)
   do update set fixed = excluded.fixed, percent = excluded.percent`,
);
const deleteSql = statement(
  "products.deleteRate",
  "delete from product_rates where account_id = $1::bigint and product_id = $2::bigint",
);

/** Sets a customer's own price, or with `undefined` removes it. The customer's row is locked. */
export async function putProductRate(
  tx: Tx,
  accountId: AccountId,
  productId: ProductId,
  rate: CustomRate | undefined,
): Promise<void> {
  if (rate === undefined) {
    await deleteSql.run(tx, accountId, productId);
    return;
  }
  const { fixed, percent } = customRateToRow(rate);
  await upsertSql.run(tx, accountId, productId, fixed, percent);
}

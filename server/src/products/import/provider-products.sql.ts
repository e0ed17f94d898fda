import { markUpFromJson, markUpJson } from "#catalog/mark-up.ts";
import type { MarkUp } from "#catalog/mark-up.ts";
import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { ProductId, ProductOrderId, ProviderId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { ProductType } from "#products/product.ts";

/** What must be known of a product to order it at its provider. */
export type UpstreamTerms = {
  readonly type: ProductType;
  /** The provider's price of one item, in its currency. */
  readonly providerRate: Amount | undefined;
};

const listTermsSql = statement<{ id: ProductId; type: ProductType; provider_rate: string | null }>(
  "products.listUpstreamTerms",
  "select id, type, provider_rate from products where id = any ($1::bigint[])",
);

export async function listUpstreamTerms(
  db: Queryable,
  ids: readonly ProductId[],
): Promise<ReadonlyMap<ProductId, UpstreamTerms>> {
  const rows = await listTermsSql.all(db, ids);
  return new Map(
    rows.map(({ id, type, provider_rate: rate }) => [
      id,
      { type, providerRate: rate === null ? undefined : amountFromDecimal(rate) },
    ]),
  );
}

const listMarkUpsSql = statement<{ id: ProductId; mark_up: Record<string, unknown> }>(
  "products.listMarkUps",
  "select id, mark_up from products where provider_id = $1::bigint and mark_up is not null",
);

/**
 * How rates of a provider's products are made from their costs; products with a rate of their own
 * are left out.
 */
export async function listProductMarkUps(
  db: Queryable,
  id: ProviderId,
): Promise<ReadonlyMap<ProductId, MarkUp>> {
  const rows = await listMarkUpsSql.all(db, id);
  return new Map(rows.map((row) => [row.id, markUpFromJson(row.mark_up)]));
}

const setMarkUpSql = statement(
  "products.setMarkUp",
  "update products set mark_up = $2::jsonb where id = $1::bigint",
);

/**
 * Sets how the product's rate is made from its cost. The stock is locked, or the product is new.
 */
export async function setProductMarkUp(tx: Tx, id: ProductId, markUp: MarkUp): Promise<void> {
  await setMarkUpSql.run(tx, id, JSON.stringify(markUpJson(markUp)));
}

const setListedSql = statement(
  "products.setListed",
  `update products
      set rate = $2::numeric, provider_rate = $3::numeric, cost = $4::numeric,
          provider_inventory = $5::integer, min = $6::integer, max = $7::integer,
          question = $8::text, updated_at = panel_now()
    where id = $1::bigint`,
);

/** What a provider's list changes of a product whose stock is locked. */
export type ListedTerms = {
  readonly rate: Amount;
  /** `undefined`: it is no longer in the list. */
  readonly providerRate: Amount | undefined;
  readonly cost: Amount | undefined;
  readonly providerInventory: number | undefined;
  readonly min: number;
  readonly max: number;
  readonly question: string | undefined;
};

export async function setListedTerms(tx: Tx, id: ProductId, terms: ListedTerms): Promise<void> {
  const { rate, providerRate, cost } = terms;
  await setListedSql.run(
    tx,
    id,
    decimalFromAmount(rate),
    providerRate === undefined ? null : decimalFromAmount(providerRate),
    cost === undefined ? null : decimalFromAmount(cost),
    terms.providerInventory,
    terms.min,
    terms.max,
    terms.question,
  );
}

const takeInventorySql = statement(
  "products.takeInventory",
  `update products
      set provider_inventory = greatest(provider_inventory - $2::integer, 0)
    where id = $1::bigint and provider_inventory is not null`,
);

/** Lowers the number left at the provider, if its list gave one. The stock is locked. */
export async function takeInventory(tx: Tx, id: ProductId, count: number): Promise<void> {
  await takeInventorySql.run(tx, id, count);
}

const emptyInventorySql = statement(
  "products.emptyInventory",
  `update products
      set provider_inventory = 0
    where id = $1::bigint and provider_id is not null
      and provider_inventory is distinct from 0`,
);

/**
 * Records that the provider has nothing left, until its next list says otherwise. The stock is
 * locked.
 */
export async function emptyInventory(tx: Tx, id: ProductId): Promise<void> {
  await emptyInventorySql.run(tx, id);
}

const listProvidersSql = statement<{ provider_id: ProviderId }>(
  "products.listProviders",
  "select distinct provider_id from products where provider_id is not null order by provider_id",
);

/** Lists the providers that products are bought from. */
export async function listProductProviders(db: Queryable): Promise<ProviderId[]> {
  return (await listProvidersSql.all(db)).map((row) => row.provider_id);
}

const listHoldersSql = statement<{ digest: Buffer; product_order_id: ProductOrderId }>(
  "products.listHolders",
  `select distinct on (digest) digest, product_order_id
     from product_items
    where digest = any ($1::bytea[]) and origin in ('provider', 'upload')
      and product_order_id is not null
    order by digest, product_order_id = $2::bigint, id`,
);

/**
 * Which orders already have these lines: by digest in hexadecimal, preferring another order than
 * `own`.
 */
export async function listHolders(
  db: Queryable,
  digests: readonly Buffer[],
  own: ProductOrderId,
): Promise<ReadonlyMap<string, ProductOrderId>> {
  if (digests.length === 0) return new Map();
  const rows = await listHoldersSql.all(db, digests, own);
  return new Map(rows.map((row) => [row.digest.toString("hex"), row.product_order_id]));
}

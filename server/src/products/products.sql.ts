import type { MarginPolicy } from "#catalog/price.ts";
import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { ProductCategoryId, ProductId, ProviderId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Product, ProductType, Visibility } from "./product.ts";

type ProductRow = {
  id: ProductId;
  category_id: ProductCategoryId;
  category: string;
  name: string;
  description: string;
  type: ProductType;
  rate: string;
  min: number;
  max: number;
  question: string | null;
  question_check: string | null;
  visibility: Visibility;
  part_delivery: boolean;
  low_mark: number | null;
  warranty_days: number;
  position: number;
  discounts: { from: number; percent: string }[];
  provider_id: ProviderId | null;
  provider_product: string | null;
  provider_rate: string | null;
  cost: string | null;
  provider_inventory: number | null;
  margin_percent: string | null;
  below_margin: MarginPolicy | null;
};

const productColumns = `
         p.id, p.category_id, g.name as category, p.name, p.description, p.type, p.rate, p.min, p.max,
         p.question, p.question_check, p.visibility, p.part_delivery, p.low_mark, p.warranty_days,
         p.position, p.provider_id, p.provider_product, p.provider_rate, p.cost,
         p.provider_inventory, p.margin_percent, p.below_margin,
         coalesce((select jsonb_agg(jsonb_build_object('from', d.quantity_from,
                                                       'percent', d.percent::text)
                                    order by d.quantity_from)
                     from product_discounts d
                    where d.product_id = p.id), '[]') as discounts`;

function fromRow(row: ProductRow): Product {
  return {
    id: row.id,
    categoryId: row.category_id,
    category: row.category,
    name: row.name,
    description: row.description,
    type: row.type,
    rate: amountFromDecimal(row.rate),
    min: row.min,
    max: row.max,
    question: row.question ?? undefined,
    questionCheck: row.question_check ?? undefined,
    visibility: row.visibility,
    partDelivery: row.part_delivery,
    lowMark: row.low_mark ?? undefined,
    warrantyDays: row.warranty_days,
    position: row.position,
    discounts: row.discounts.map(({ from, percent }) => ({
      quantityFrom: from,
      percent: amountFromDecimal(percent),
    })),
    providerId: row.provider_id ?? undefined,
    providerProduct: row.provider_product ?? undefined,
    providerRate: amountOrNone(row.provider_rate),
    cost: amountOrNone(row.cost),
    providerInventory: row.provider_inventory ?? undefined,
    marginPercent: amountOrNone(row.margin_percent),
    belowMargin: row.below_margin ?? undefined,
  };
}

function amountOrNone(decimal: string | null): Amount | undefined {
  return decimal === null ? undefined : amountFromDecimal(decimal);
}

const findSql = statement<ProductRow>(
  "products.find",
  `select ${productColumns}
     from products p
     join product_categories g on g.id = p.category_id
    where p.id = $1::bigint`,
);

/**
 * Reads a product. Under its stock's lock (`lockStock`) it is never older than the last committed
 * change.
 */
export async function findProduct(db: Queryable, id: ProductId): Promise<Product | undefined> {
  const row = await findSql.maybe(db, id);
  return row && fromRow(row);
}

const listSql = statement<ProductRow & { free: number; low_since: Date | null }>(
  "products.list",
  `select ${productColumns}, c.free, c.low_since
     from products p
     join product_categories g on g.id = p.category_id
     join product_counts c on c.product_id = p.id
    order by g.position, g.id, p.position, p.id`,
);

/** A product with its stock: how many of our own items are free, and since when that is too few. */
export type StockedProduct = Product & {
  readonly free: number;
  /** `undefined`: it is not at or below its low mark. */
  readonly lowSince: Date | undefined;
};

/** All products in the order in which they are shown: category position, then position. */
export async function listProducts(db: Queryable): Promise<StockedProduct[]> {
  return (await listSql.all(db)).map((row) => ({
    ...fromRow(row),
    free: row.free,
    lowSince: row.low_since ?? undefined,
  }));
}

const listByIdsSql = statement<ProductRow>(
  "products.listByIds",
  `select ${productColumns}
     from products p
     join product_categories g on g.id = p.category_id
    where p.id = any ($1::bigint[])
    order by p.id`,
);

/** Lists the products with these ids, in the order of the ids. */
export async function listProductsByIds(
  db: Queryable,
  ids: readonly ProductId[],
): Promise<Product[]> {
  return (await listByIdsSql.all(db, ids)).map(fromRow);
}

const listOfProviderSql = statement<ProductRow>(
  "products.listOfProvider",
  `select ${productColumns}
     from products p
     join product_categories g on g.id = p.category_id
    where p.provider_id = $1::bigint
    order by p.id`,
);

/** Lists the products that are bought from a provider, in the order of their ids. */
export async function listProductsOfProvider(db: Queryable, id: ProviderId): Promise<Product[]> {
  return (await listOfProviderSql.all(db, id)).map(fromRow);
}

const findCategorySql = statement<{ id: ProductCategoryId }>(
  "products.findCategory",
  "select id from product_categories where name = $1::text",
);
const insertCategorySql = statement<{ id: ProductCategoryId }>(
  "products.insertCategory",
  `insert into product_categories (name, position)
   values ($1::text, (select coalesce(max(position), 0) + 1 from product_categories))
   on conflict (name) do nothing
   returning id`,
);

/** Finds the category of that name, or makes it at the end of the list. */
export async function ensureProductCategory(tx: Tx, name: string): Promise<ProductCategoryId> {
  const found =
    (await findCategorySql.maybe(tx, name)) ?? (await insertCategorySql.maybe(tx, name));
  // Another transaction has just made it.
  return (found ?? (await findCategorySql.one(tx, name))).id;
}

const updateCategorySql = statement(
  "products.updateCategory",
  `update product_categories
      set name = coalesce($2::text, name), position = coalesce($3::integer, position)
    where id = $1::bigint`,
);

/** Updates a category. Fails on `product_categories_name_key` where the name is taken. */
export async function updateProductCategory(
  tx: Tx,
  id: ProductCategoryId,
  change: { readonly name: string | undefined; readonly position: number | undefined },
): Promise<void> {
  await updateCategorySql.run(tx, id, change.name, change.position);
}

export type ProductCategory = {
  readonly id: ProductCategoryId;
  readonly name: string;
  readonly position: number;
  readonly products: number;
};

const listCategoriesSql = statement<ProductCategory>(
  "products.listCategories",
  `select g.id, g.name, g.position,
          (select count(*) from products p where p.category_id = g.id) as products
     from product_categories g
    order by g.position, g.id`,
);

/** Lists categories in the order in which they are shown. */
export function listProductCategories(db: Queryable): Promise<ProductCategory[]> {
  return listCategoriesSql.all(db);
}

/** A product before it has an id. */
export type NewProduct = Omit<Product, "id" | "category" | "position" | "discounts">;

const insertSql = statement<{ id: ProductId }>(
  "products.insert",
  `with made as (
     insert into products (category_id, name, description, type, rate, min, max, question,
                           question_check, visibility, part_delivery, low_mark, warranty_days,
                           provider_id, provider_product, provider_rate, cost, provider_inventory,
                           margin_percent, below_margin, position)
     values ($1::bigint, $2::text, $3::text, $4::text, $5::numeric, $6::integer, $7::integer,
             $8::text, $9::text, $10::text, $11::boolean, $12::integer, $13::integer, $14::bigint,
             $15::text, $16::numeric, $17::numeric, $18::integer, $19::numeric, $20::text,
             (select coalesce(max(position), 0) + 1 from products))
     returning id)
   insert into product_counts (product_id, low_since)
   select id, case when $12::integer is not null then panel_now() end
     from made
   returning product_id as id`,
);

/**
 * Writes a product at the end of its category, with an empty stock. Fails on `products_provider`
 * where another product is bought from there.
 */
export async function insertProduct(tx: Tx, product: NewProduct): Promise<ProductId> {
  const row = await insertSql.one(tx, ...productValues(product));
  return row.id;
}

const updateSql = statement(
  "products.update",
  `update products
      set category_id = $1::bigint, name = $2::text, description = $3::text, type = $4::text,
          rate = $5::numeric, min = $6::integer, max = $7::integer, question = $8::text,
          question_check = $9::text, visibility = $10::text, part_delivery = $11::boolean,
          low_mark = $12::integer, warranty_days = $13::integer, provider_id = $14::bigint,
          provider_product = $15::text, provider_rate = $16::numeric, cost = $17::numeric,
          provider_inventory = $18::integer, margin_percent = $19::numeric, below_margin = $20::text,
          position = $21::integer, updated_at = panel_now()
    where id = $22::bigint`,
);

/** Writes a product except for its discounts. The stock is locked. */
export async function updateProduct(tx: Tx, product: Product): Promise<void> {
  await updateSql.run(tx, ...productValues(product), product.position, product.id);
}

function productValues(product: NewProduct): readonly unknown[] {
  return [
    product.categoryId,
    product.name,
    product.description,
    product.type,
    decimalFromAmount(product.rate),
    product.min,
    product.max,
    product.question,
    product.questionCheck,
    product.visibility,
    product.partDelivery,
    product.lowMark,
    product.warrantyDays,
    product.providerId,
    product.providerProduct,
    decimalOrNone(product.providerRate),
    decimalOrNone(product.cost),
    product.providerInventory,
    decimalOrNone(product.marginPercent),
    product.belowMargin,
  ];
}

function decimalOrNone(amount: Amount | undefined): string | undefined {
  return amount === undefined ? undefined : decimalFromAmount(amount);
}

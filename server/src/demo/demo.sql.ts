import { statement } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type {
  AccountId,
  CategoryId,
  ProductCategoryId,
  ProductId,
  ServiceId,
} from "#values/ids.ts";

const findContent = statement<{ is_empty: boolean }>(
  "demo.findContent",
  `select not exists (select from customers) and not exists (select from services)
          and not exists (select from products)
          and not exists (select from orders) and not exists (select from postings) as is_empty`,
);

/** True where nobody has sold, bought or offered anything yet. */
export async function isEmptyPanel(tx: Tx): Promise<boolean> {
  return (await findContent.one(tx)).is_empty;
}

const lockProductOrders = statement(
  "demo.lockProductOrders",
  "select 1 from product_orders where account_id = $1::bigint order by id for update",
);
const lockStocks = statement(
  "demo.lockStocks",
  "select 1 from product_counts order by product_id for update",
);
const lockOrders = statement(
  "demo.lockOrders",
  "select 1 from orders where account_id = $1::bigint order by id for update",
);
const lockAccount = statement(
  "demo.lockAccount",
  "select 1 from accounts where id = $1::bigint for update",
);

/**
 * Holds everything that selling takes: the customer's orders, the stock of all products, then the
 * account (orders come before accounts everywhere), then the tables, so that no batch of orders
 * comes in between. A sale locks a stock, writes its product order, then locks the account. So the
 * table of product orders comes after every stock and before the account. Other customers' orders
 * wait until the transaction ends. Owner only.
 */
export async function lockDemo(tx: Tx, customer: AccountId): Promise<void> {
  await lockProductOrders.run(tx, customer);
  await lockStocks.run(tx);
  await tx.query("lock table product_orders in share row exclusive mode");
  await lockOrders.run(tx, customer);
  await lockAccount.run(tx, customer);
  await tx.query("lock table orders, postings in share row exclusive mode");
}

const deletions = {
  tasks: statement("demo.deleteTasks", "delete from tasks where account_id = $1::bigint"),
  refills: statement("demo.deleteRefills", "delete from refills where account_id = $1::bigint"),
  requests: statement(
    "demo.deleteAnsweredRequests",
    "delete from answered_requests where account_id = $1::bigint",
  ),
  cancels: statement("demo.deleteCancels", "delete from cancels where account_id = $1::bigint"),
  changes: statement(
    "demo.deleteChanges",
    "delete from order_changes where account_id = $1::bigint",
  ),
  schedules: statement(
    "demo.deleteSchedules",
    "delete from schedules where account_id = $1::bigint",
  ),
  posts: statement(
    "demo.deletePosts",
    "delete from subscription_posts where account_id = $1::bigint",
  ),
  mirrored: statement(
    "demo.deleteMirrored",
    "delete from mirrored_posts where account_id = $1::bigint",
  ),
  productTasks: statement(
    "demo.deleteProductTasks",
    "delete from product_tasks where account_id = $1::bigint",
  ),
  productAttempts: statement(
    "demo.deleteProductAttempts",
    "delete from product_attempts where account_id = $1::bigint",
  ),
  claims: statement(
    "demo.deleteClaims",
    "delete from product_claims where account_id = $1::bigint",
  ),
  items: statement("demo.deleteItems", "delete from product_items where account_id = $1::bigint"),
  productChanges: statement(
    "demo.deleteProductChanges",
    "delete from product_order_changes where account_id = $1::bigint",
  ),
  productOrders: statement(
    "demo.deleteProductOrders",
    "delete from product_orders where account_id = $1::bigint",
  ),
  productRates: statement(
    "demo.deleteProductRates",
    "delete from product_rates where account_id = $1::bigint",
  ),
  orders: statement("demo.deleteOrders", "delete from orders where account_id = $1::bigint"),
  postings: statement("demo.deletePostings", "delete from postings where account_id = $1::bigint"),
  rates: statement("demo.deleteRates", "delete from custom_rates where account_id = $1::bigint"),
  webhooks: statement(
    "demo.deleteWebhooks",
    "delete from webhook_endpoints where account_id = $1::bigint",
  ),
  marks: statement(
    "demo.deleteMarks",
    "delete from low_balance_marks where account_id = $1::bigint",
  ),
  streams: statement(
    "demo.deleteStream",
    "delete from event_streams where account_id = $1::bigint",
  ),
  events: statement("demo.deleteEvents", "delete from events where account_id = $1::bigint"),
  keys: statement("demo.deleteKeys", "delete from api_keys where account_id = $1::bigint"),
  customers: statement(
    "demo.deleteCustomer",
    "delete from customers where account_id = $1::bigint",
  ),
  accounts: statement("demo.deleteAccount", "delete from accounts where id = $1::bigint"),
};

/** How many rows of each table were deleted. */
export type Removed = Readonly<Record<keyof typeof deletions, number>>;

const guards = [
  ["postings", "postings_are_append_only"],
  ["order_changes", "order_changes_are_append_only"],
  ["product_order_changes", "product_order_changes_are_append_only"],
  ["product_items", "product_items_are_sold_once"],
] as const;

/**
 * Deletes the customer with everything that belongs to it, including postings, changes of orders
 * and the items that it was given. This is the only place where those are ever deleted. Owner only;
 * the triggers that forbid it are off inside this transaction.
 */
export async function deleteDemoCustomer(tx: Tx, customer: AccountId): Promise<Removed> {
  for (const [table, guard] of guards) {
    await tx.query(`alter table ${table} disable trigger ${guard}`);
  }
  const removed = {
    tasks: await deletions.tasks.run(tx, customer),
    refills: await deletions.refills.run(tx, customer),
    requests: await deletions.requests.run(tx, customer),
    cancels: await deletions.cancels.run(tx, customer),
    changes: await deletions.changes.run(tx, customer),
    schedules: await deletions.schedules.run(tx, customer),
    posts: await deletions.posts.run(tx, customer),
    mirrored: await deletions.mirrored.run(tx, customer),
    productTasks: await deletions.productTasks.run(tx, customer),
    productAttempts: await deletions.productAttempts.run(tx, customer),
    claims: await deletions.claims.run(tx, customer),
    items: await deletions.items.run(tx, customer),
    productChanges: await deletions.productChanges.run(tx, customer),
    productOrders: await deletions.productOrders.run(tx, customer),
    productRates: await deletions.productRates.run(tx, customer),
    orders: await deletions.orders.run(tx, customer),
    postings: await deletions.postings.run(tx, customer),
    rates: await deletions.rates.run(tx, customer),
    webhooks: await deletions.webhooks.run(tx, customer),
    marks: await deletions.marks.run(tx, customer),
    streams: await deletions.streams.run(tx, customer),
    events: await deletions.events.run(tx, customer),
    keys: await deletions.keys.run(tx, customer),
    customers: await deletions.customers.run(tx, customer),
    accounts: await deletions.accounts.run(tx, customer),
  };
  for (const [table, guard] of guards) {
    await tx.query(`alter table ${table} enable trigger ${guard}`);
  }
  return removed;
}

const disableUsedServices = statement<{ id: ServiceId }>(
  "demo.disableUsedServices",
  `update services s
      set status = 'disabled', version = $2::bigint, updated_at = panel_now()
    where s.id = any ($1::bigint[])
      and (exists (select from orders o where o.service_id = s.id)
           or exists (select from custom_rates r where r.service_id = s.id))
   returning s.id`,
);
const deleteServices = statement(
  "demo.deleteServices",
  "delete from services where id = any ($1::bigint[]) and not id = any ($2::bigint[])",
);
const deleteEmptyCategories = statement(
  "demo.deleteEmptyCategories",
  `delete from categories c
    where c.id = any ($1::bigint[])
      and not exists (select from services s where s.category_id = c.id)`,
);

/**
 * Deletes the services, but disables those that others have ordered or have a custom rate for; then
 * deletes the categories that are empty. Call it after the demo customer's own orders are gone.
 */
export async function deleteDemoServices(
  tx: Tx,
  made: { readonly services: readonly ServiceId[]; readonly categories: readonly CategoryId[] },
  catalogVersion: number,
): Promise<{ deleted: number; disabled: readonly ServiceId[] }> {
  const used = await disableUsedServices.all(tx, made.services, catalogVersion);
  const disabled = used.map((row) => row.id);
  const deleted = await deleteServices.run(tx, made.services, disabled);
  await deleteEmptyCategories.run(tx, made.categories);
  return { deleted, disabled };
}

const hideUsedProducts = statement<{ id: ProductId }>(
  "demo.hideUsedProducts",
  `update products p
      set visibility = 'nobody', updated_at = panel_now()
    where p.id = any ($1::bigint[])
      and (exists (select from product_orders o where o.product_id = p.id)
           or exists (select from product_rates r where r.product_id = p.id))
   returning p.id`,
);
const deleteStock = statement(
  "demo.deleteStock",
  `delete from product_items
    where product_id = any ($1::bigint[]) and product_order_id is null`,
);
const emptyCounts = statement(
  "demo.emptyCounts",
  "update product_counts set free = 0 where product_id = any ($1::bigint[])",
);
const deleteProducts = statement(
  "demo.deleteProducts",
  "delete from products where id = any ($1::bigint[]) and not id = any ($2::bigint[])",
);
const deleteEmptyProductCategories = statement(
  "demo.deleteEmptyProductCategories",
  `delete from product_categories c
    where c.id = any ($1::bigint[])
      and not exists (select from products p where p.category_id = c.id)`,
);

/**
 * Deletes the products with their stock, but hides those that others have ordered or have a price
 * of their own for; then deletes the categories that are empty. Call it after the demo customer's
 * own orders are gone, with the stock locked.
 */
export async function deleteDemoProducts(
  tx: Tx,
  made: {
    readonly products: readonly ProductId[];
    readonly productCategories: readonly ProductCategoryId[];
  },
): Promise<{ deleted: number; hidden: readonly ProductId[] }> {
  const used = await hideUsedProducts.all(tx, made.products);
  const hidden = used.map((row) => row.id);
  await deleteStock.run(tx, made.products);
  await emptyCounts.run(tx, made.products);
  const deleted = await deleteProducts.run(tx, made.products, hidden);
  await deleteEmptyProductCategories.run(tx, made.productCategories);
  return { deleted, hidden };
}

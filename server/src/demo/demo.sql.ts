import { statement } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, CategoryId, ServiceId } from "#values/ids.ts";

const findContent = statement<{ is_empty: boolean }>(
  "demo.findContent",
  `select not exists (select from customers) and not exists (select from services)
          and not exists (select from orders) and not exists (select from postings) as is_empty`,
);

/** True where nobody has sold, bought or offered anything yet. */
export async function isEmptyPanel(tx: Tx): Promise<boolean> {
  return (await findContent.one(tx)).is_empty;
}

const lockOrders = statement(
  "demo.lockOrders",
  "select 1 from orders where account_id = $1::bigint order by id for update",
);
const lockAccount = statement(
  "demo.lockAccount",
  "select 1 from accounts where id = $1::bigint for update",
);

/**
 * Holds everything that selling takes: the customer's orders, then the account (orders come before
 * accounts everywhere), then the tables, so that no batch of orders is in between. Other customers'
 * orders wait until the transaction ends. Owner only.
 */
export async function lockDemo(tx: Tx, customer: AccountId): Promise<void> {
  await lockOrders.run(tx, customer);
  await lockAccount.run(tx, customer);
  await tx.query("lock table orders, postings in share row exclusive mode");
}

const deletions = {
  tasks: statement("demo.deleteTasks", "delete from tasks where account_id = $1::bigint"),
  refills: statement("demo.deleteRefills", "delete from refills where account_id = $1::bigint"),
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

/** How many rows of each table went. */
export type Removed = Readonly<Record<keyof typeof deletions, number>>;

/**
 * Deletes the customer with everything that hangs on it, postings and the changes of orders
 * included: the only place where they are ever deleted. Owner only; the triggers that forbid it are
 * off inside this transaction.
 */
export async function deleteDemoCustomer(tx: Tx, customer: AccountId): Promise<Removed> {
  await tx.query("alter table postings disable trigger postings_are_append_only");
  await tx.query("alter table order_changes disable trigger order_changes_are_append_only");
  const removed = {
    tasks: await deletions.tasks.run(tx, customer),
    refills: await deletions.refills.run(tx, customer),
    cancels: await deletions.cancels.run(tx, customer),
    changes: await deletions.changes.run(tx, customer),
    schedules: await deletions.schedules.run(tx, customer),
    posts: await deletions.posts.run(tx, customer),
    mirrored: await deletions.mirrored.run(tx, customer),
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
  await tx.query("alter table postings enable trigger postings_are_append_only");
  await tx.query("alter table order_changes enable trigger order_changes_are_append_only");
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
 * Deletes the services, but disables those that others have ordered or have a rate of their own
 * for; then the categories that are empty. Call it after the demo customer's own orders are gone.
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

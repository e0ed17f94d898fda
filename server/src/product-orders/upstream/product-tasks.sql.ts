import { arrayText, statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, ProductOrderId, ProviderId } from "#values/ids.ts";

/** Hand it to its provider, ask how it does, or find out whether the provider took it. */
export type ProductTaskKind = "send" | "poll" | "reconcile";

/** Something that is due for a product order, held by whoever knows `lease`. */
export type ProductTask = {
  readonly accountId: AccountId;
  readonly productOrderId: ProductOrderId;
  /** How often it was claimed since it is of this kind. */
  readonly attempts: number;
  readonly lease: string;
};

/** How long a claimed task belongs to its worker without a word from it. */
const leaseSeconds = 60;

const claimSql = statement<{
  account_id: AccountId;
  product_order_id: ProductOrderId;
  attempts: number;
}>(
  "productTasks.claim",
  `update product_tasks t
      set due_at = panel_now() + $5::integer * interval '1 second',
          lease = $4::uuid,
          attempts = t.attempts + 1
     from (select product_order_id
             from product_tasks
            where provider_id = $1::bigint and kind = $2::text and due_at <= panel_now()
            order by due_at
            limit $3::integer
              for update skip locked) due
    where t.product_order_id = due.product_order_id
    returning t.account_id, t.product_order_id, t.attempts`,
);

/**
 * Takes up to `limit` due tasks of a provider for a minute, oldest first; tasks that another worker is
 * taking are passed over. A worker that dies leaves them due again when the lease ends.
 */
export async function claimProductTasks(
  db: Queryable,
  claim: { providerId: ProviderId; kind: ProductTaskKind; limit: number; lease: string },
): Promise<ProductTask[]> {
  const { providerId, kind, limit, lease } = claim;
  const rows = await claimSql.all(db, providerId, kind, limit, lease, leaseSeconds);
  return rows.map((row) => ({
    accountId: row.account_id,
    productOrderId: row.product_order_id,
    attempts: row.attempts,
    lease,
  }));
}

// As `listDueTasks`: from one provider and kind to the next along an index.
const listDueSql = statement<{ provider_id: ProviderId; kind: ProductTaskKind }>(
  "productTasks.listDue",
  `with recursive first as (
     (select provider_id, kind, due_at
        from product_tasks
       order by provider_id, kind, due_at
       limit 1)
     union all
     select next.provider_id, next.kind, next.due_at
       from first
      cross join lateral (
            select t.provider_id, t.kind, t.due_at
              from product_tasks t
             where (t.provider_id, t.kind) > (first.provider_id, first.kind)
             order by t.provider_id, t.kind, t.due_at
             limit 1) next
   )
   select provider_id, kind
     from first
    where due_at <= panel_now()`,
);

/** For which providers something of which kind is due. On the hot pool: it is looked up by key. */
export async function listDueProductTasks(
  db: Queryable,
): Promise<readonly { readonly providerId: ProviderId; readonly kind: ProductTaskKind }[]> {
  const rows = await listDueSql.all(db);
  return rows.map((row) => ({ providerId: row.provider_id, kind: row.kind }));
}

const extendSql = statement(
  "productTasks.extend",
  `update product_tasks
      set due_at = panel_now() + $3::integer * interval '1 second'
    where product_order_id = any ($1::bigint[]) and lease = $2::uuid`,
);

/** Keeps a lease alive: the heartbeat of a worker whose calls take long. */
export async function extendProductLease(
  db: Queryable,
  tasks: readonly ProductTask[],
  lease: string,
): Promise<void> {
  const ids = arrayText(tasks.map((task) => task.productOrderId));
  await extendSql.run(db, ids, lease, leaseSeconds);
}

const holdSql = statement(
  "productTasks.hold",
  `select 1
     from product_tasks
    where product_order_id = $1::bigint and lease = $2::uuid
      for update`,
);

/** Locks a task that is still ours, after its order; false where the lease was lost. */
export async function holdProductTask(tx: Tx, task: ProductTask): Promise<boolean> {
  return (await holdSql.run(tx, task.productOrderId, task.lease)) === 1;
}

const rescheduleSql = statement(
  "productTasks.reschedule",
  `update product_tasks
      set kind = $3::text, lease = null,
          attempts = case when kind = $3::text then attempts else 0 end,
          due_at = panel_now() + $4::double precision * interval '1 second'
    where product_order_id = $1::bigint and lease = $2::uuid`,
);

/** Ends a lease and sets what is due next, in `inSeconds`. Does nothing where the lease was lost. */
export async function rescheduleProductTask(
  db: Queryable,
  task: ProductTask,
  kind: ProductTaskKind,
  inSeconds: number,
): Promise<void> {
  await rescheduleSql.run(db, task.productOrderId, task.lease, kind, inSeconds);
}

const giveBackSql = statement(
  "productTasks.giveBack",
  `update product_tasks
      set lease = null, attempts = greatest(attempts - 1, 0), due_at = panel_now()
    where product_order_id = any ($1::bigint[]) and lease = $2::uuid`,
);

/** Gives back claimed tasks with which nothing was done, as if they had never been claimed. */
export async function giveBackProductTasks(
  db: Queryable,
  tasks: readonly ProductTask[],
): Promise<void> {
  const [first] = tasks;
  if (first === undefined) return;
  await giveBackSql.run(db, arrayText(tasks.map((task) => task.productOrderId)), first.lease);
}

const setSql = statement(
  "productTasks.set",
  `insert into product_tasks (account_id, product_order_id, provider_id, kind, due_at)
   values ($1::bigint, $2::bigint, $3::bigint, $4::text,
           panel_now() + $5::double precision * interval '1 second')
   on conflict (product_order_id) do update
      set provider_id = excluded.provider_id, kind = excluded.kind, due_at = excluded.due_at,
          lease = null, attempts = 0`,
);

/**
 * Sets what is due for a product order, whatever was due before, and ends every lease. The order is
 * new or locked.
 */
export async function setProductTask(
  tx: Tx,
  task: {
    accountId: AccountId;
    productOrderId: ProductOrderId;
    providerId: ProviderId;
    kind: ProductTaskKind;
    inSeconds: number;
  },
): Promise<void> {
  const { accountId, productOrderId, providerId, kind, inSeconds } = task;
  await setSql.run(tx, accountId, productOrderId, providerId, kind, inSeconds);
}

const lockSql = statement(
  "productTasks.lock",
  "select 1 from product_tasks where product_order_id = $1::bigint for update",
);

/** Locks what is due for a locked order: no worker begins anything for it until the end. */
export async function lockProductTask(tx: Tx, id: ProductOrderId): Promise<void> {
  await lockSql.run(tx, id);
}

const deleteSql = statement(
  "productTasks.delete",
  "delete from product_tasks where product_order_id = $1::bigint",
);

/** Nothing is due for the locked order any more, whoever held the lease. */
export async function deleteProductTask(tx: Tx, id: ProductOrderId): Promise<void> {
  await deleteSql.run(tx, id);
}

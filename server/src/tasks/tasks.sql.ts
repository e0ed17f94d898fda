import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId, ProviderId } from "#values/ids.ts";

/**
 * Hand it to a provider, ask how it does, find out whether a provider took it, or make its next run.
 */
export type TaskKind = "send" | "poll" | "reconcile" | "run";

/** Something that is due for an order, held by whoever knows `lease`. */
export type Task = {
  readonly accountId: AccountId;
  readonly orderId: OrderId;
  readonly attempts: number;
  readonly lease: string;
};

/**
 * The order in which tasks are worked off in one transaction: orders and accounts are then locked in
 * the order of the accounts, as everybody does, and nobody waits in a circle.
 */
export function byAccount(a: Task, b: Task): number {
  return a.accountId - b.accountId || a.orderId - b.orderId;
}

const claimSql = statement<{ account_id: AccountId; order_id: OrderId; attempts: number }>(
  "tasks.claim",
  `update tasks t
      set due_at = panel_now() + $5::integer * interval '1 second',
          lease = $4::uuid,
          attempts = t.attempts + 1
     from (select account_id, order_id
             from tasks
            where provider_id = $1::bigint and kind = $2::task_kind and due_at <= panel_now()
            order by due_at
            limit $3::integer
              for update skip locked) due
    where t.account_id = due.account_id and t.order_id = due.order_id
    returning t.account_id, t.order_id, t.attempts`,
);

/**
 * Takes up to `limit` due tasks of a provider for `leaseSeconds`, oldest first; tasks that another
 * worker is taking are passed over. A worker that dies leaves them due again when the lease ends.
 */
export async function claimTasks(
  db: Queryable,
  claim: {
    providerId: ProviderId;
    kind: TaskKind;
    limit: number;
    lease: string;
    leaseSeconds: number;
  },
): Promise<Task[]> {
  const rows = await claimSql.all(
    db,
    claim.providerId,
    claim.kind,
    claim.limit,
    claim.lease,
    claim.leaseSeconds,
  );
  return rows.map((row) => ({
    accountId: row.account_id,
    orderId: row.order_id,
    attempts: row.attempts,
    lease: claim.lease,
  }));
}

const extendSql = statement(
  "tasks.extend",
  `update tasks t
      set due_at = panel_now() + $4::integer * interval '1 second'
     from unnest($1::bigint[], $2::bigint[]) as held (account_id, order_id)
    where t.account_id = held.account_id and t.order_id = held.order_id and t.lease = $3::uuid`,
);

/** Keeps a lease alive: the heartbeat of a worker whose calls take long. */
export async function extendLease(
  db: Queryable,
  tasks: readonly Task[],
  lease: string,
  leaseSeconds: number,
): Promise<void> {
  await extendSql.run(
    db,
    tasks.map((task) => task.accountId),
    tasks.map((task) => task.orderId),
    lease,
    leaseSeconds,
  );
}

const holdSql = statement(
  "tasks.hold",
  `select 1
     from tasks
    where account_id = $1::bigint and order_id = $2::bigint and lease = $3::uuid
      for update`,
);

/** Locks a task that is still ours; false where the lease was lost to another worker. */
export async function holdTask(tx: Tx, task: Task): Promise<boolean> {
  return (await holdSql.run(tx, task.accountId, task.orderId, task.lease)) === 1;
}

const rescheduleSql = statement(
  "tasks.reschedule",
  `update tasks
      set kind = $4::task_kind, lease = null,
          attempts = case when kind = $4::task_kind then attempts else 0 end,
          due_at = panel_now() + $5::double precision * interval '1 second'
    where account_id = $1::bigint and order_id = $2::bigint and lease = $3::uuid`,
);

/** Ends a lease and sets what is due next, in `inSeconds`. Does nothing where the lease was lost. */
export async function rescheduleTask(
  tx: Queryable,
  task: Task,
  kind: TaskKind,
  inSeconds: number,
): Promise<void> {
  await rescheduleSql.run(tx, task.accountId, task.orderId, task.lease, kind, inSeconds);
}

const giveBackSql = statement(
  "tasks.giveBack",
  `update tasks t
      set lease = null, attempts = greatest(t.attempts - 1, 0),
          due_at = panel_now() + $4::double precision * interval '1 second'
     from unnest($1::bigint[], $2::bigint[]) as held (account_id, order_id)
    where t.account_id = held.account_id and t.order_id = held.order_id and t.lease = $3::uuid`,
);

/** Gives back claimed tasks with which nothing was done, as if they had never been claimed. */
export async function giveBackTasks(
  db: Queryable,
  tasks: readonly Task[],
  inSeconds: number,
): Promise<void> {
  const [first] = tasks;
  if (first === undefined) return;
  await giveBackSql.run(
    db,
    tasks.map((task) => task.accountId),
    tasks.map((task) => task.orderId),
    first.lease,
    inSeconds,
  );
}

const setSql = statement(
  "tasks.set",
  `insert into tasks (account_id, order_id, provider_id, kind, due_at)
   values ($1::bigint, $2::bigint, $3::bigint, $4::task_kind,
           panel_now() + $5::double precision * interval '1 second')
   on conflict (order_id, account_id) do update
      set provider_id = excluded.provider_id, kind = excluded.kind, due_at = excluded.due_at,
          lease = null, attempts = 0, misses = 0`,
);

/**
 * Sets what is due for an order, whatever was due before, and ends every lease. The order must be
 * locked.
 */
export async function setTask(
  tx: Tx,
  task: {
    accountId: AccountId;
    orderId: OrderId;
    providerId: ProviderId;
    kind: TaskKind;
    inSeconds: number;
  },
): Promise<void> {
  await setSql.run(tx, task.accountId, task.orderId, task.providerId, task.kind, task.inSeconds);
}

const lockSql = statement<TaskRow>(
  "tasks.lock",
  `select kind, due_at, attempts, lease is not null as is_claimed
     from tasks
    where account_id = $1::bigint and order_id = $2::bigint
      for update`,
);

/** Locks what is due for a locked order: no worker starts anything for it until the end. */
export function lockTask(
  tx: Tx,
  accountId: AccountId,
  orderId: OrderId,
): Promise<TaskRow | undefined> {
  return lockSql.maybe(tx, accountId, orderId);
}

const lockSeveralSql = statement(
  "tasks.lockSeveral",
  `select 1
     from tasks
    where account_id = $1::bigint and order_id = any ($2::bigint[])
    order by order_id
      for update`,
);

/** `lockTask` of several orders. */
export async function lockTasks(
  tx: Tx,
  accountId: AccountId,
  orderIds: readonly OrderId[],
): Promise<void> {
  await lockSeveralSql.run(tx, accountId, orderIds);
}

const deleteSql = statement(
  "tasks.delete",
  "delete from tasks where account_id = $1::bigint and order_id = $2::bigint",
);

/** Nothing is due for the order any more, whoever held the lease. */
export async function deleteTask(tx: Tx, accountId: AccountId, orderId: OrderId): Promise<void> {
  await deleteSql.run(tx, accountId, orderId);
}

export type TaskRow = {
  readonly kind: TaskKind;
  readonly due_at: Date;
  readonly attempts: number;
  readonly is_claimed: boolean;
};

const findTaskSql = statement<TaskRow>(
  "tasks.find",
  `select kind, due_at, attempts, lease is not null as is_claimed
     from tasks
    where account_id = $1::bigint and order_id = $2::bigint`,
);

/** What is still to be done for an order, for showing. */
export function findTask(
  db: Queryable,
  accountId: AccountId,
  orderId: OrderId,
): Promise<TaskRow | undefined> {
  return findTaskSql.maybe(db, accountId, orderId);
}

const listOfKindSql = statement<{ order_id: OrderId }>(
  "tasks.listOfKind",
  `select order_id
     from tasks
    where account_id = $1::bigint and order_id = any ($2::bigint[]) and kind = $3::task_kind`,
);

/** Those of the orders that have a task of this kind. */
export async function listOrdersWithTask(
  db: Queryable,
  accountId: AccountId,
  orderIds: readonly OrderId[],
  kind: TaskKind,
): Promise<OrderId[]> {
  return (await listOfKindSql.all(db, accountId, orderIds, kind)).map((row) => row.order_id);
}

const countDueSql = statement<{ due: number; waiting: number; oldest_seconds: number | null }>(
  "tasks.countDue",
  `select count(*) filter (where due_at <= panel_now()) as due,
          count(*) as waiting,
          extract(epoch from panel_now() - min(due_at))::float8 as oldest_seconds
     from tasks`,
);

/** How much is due and how long the oldest of it has been waiting (negative: not due yet). */
export function countDueTasks(
  db: Queryable,
): Promise<{ due: number; waiting: number; oldest_seconds: number | null }> {
  return countDueSql.one(db);
}

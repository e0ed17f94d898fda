import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { taskTable } from "./task-table.sql.ts";
import type { Task, TaskNames, TaskRow } from "./task-table.sql.ts";

/**
 * Send it to a provider, ask about its state, find out whether a provider took it, or make its next
 * run.
 */
export type TaskKind = "send" | "poll" | "reconcile" | "run";

/** The table in which the tasks of orders stand. */
export const orderTaskNames: TaskNames = {
  statements: "tasks",
  table: "tasks",
  id: "order_id",
  key: "order_id, account_id",
  kind: "task_kind",
  anew: "lease = null, attempts = 0, misses = 0",
};

/** What is due for orders. */
export const orderTasks = taskTable<OrderId, TaskKind>(orderTaskNames);

/** The functions of `orderTasks`, under names that say whose they are. */
export const {
  lease: leaseTasks,
  hold: holdTask,
  reschedule: rescheduleTask,
  giveBack: giveBackTasks,
  set: setTask,
  lock: lockTask,
  delete: deleteTask,
} = orderTasks;

/**
 * The order in which tasks are processed in one transaction: orders and accounts are then locked in
 * the order of the accounts, as everywhere, and no deadlock arises.
 */
export function byAccount(a: Task, b: Task): number {
  return a.accountId - b.accountId || a.orderId - b.orderId;
}

const lockSeveralSql = statement(
  "tasks.lockSeveral",
  `select 1
     from tasks
    where account_id = $1::bigint and order_id = any ($2::bigint[])
    order by order_id
      for update`,
);

/** `lockTask` for several orders of one account. */
export async function lockTasks(
  tx: Tx,
  accountId: AccountId,
  orderIds: readonly OrderId[],
): Promise<void> {
  await lockSeveralSql.run(tx, accountId, orderIds);
}

const findTaskSql = statement<TaskRow<TaskKind>>(
  "tasks.find",
  `select kind, due_at, attempts, lease is not null as is_leased
     from tasks
    where account_id = $1::bigint and order_id = $2::bigint`,
);

/** Finds what is still to be done for an order, for display. */
export function findTask(
  db: Queryable,
  accountId: AccountId,
  orderId: OrderId,
): Promise<TaskRow<TaskKind> | undefined> {
  return findTaskSql.maybe(db, accountId, orderId);
}

const listOfKindSql = statement<{ order_id: OrderId }>(
  "tasks.listOfKind",
  `select order_id
     from tasks
    where account_id = $1::bigint and order_id = any ($2::bigint[]) and kind = $3::task_kind`,
);

/** Lists which of the orders have a task of this kind. */
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

/**
 * Counts what is due, and for how long the oldest of it has been waiting (negative: not due yet).
 */
export function countDueTasks(
  db: Queryable,
): Promise<{ due: number; waiting: number; oldest_seconds: number | null }> {
  return countDueSql.one(db);
}

import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { keepLease } from "#tasks/keep-lease.ts";
import {
  leaseTasks,
  deleteTask,
  giveBackTasks,
  orderTasks,
  rescheduleTask,
} from "#tasks/tasks.sql.ts";
import type { Task } from "#tasks/task-table.sql.ts";
import { lockOrder } from "#orders/orders.sql.ts";
import { turnSchedule } from "./turn-schedule.ts";

const tasksAtOnce = 200;
const callersMax = 8;

/**
 * Takes the turn of each drip-feed and subscription that is due, and returns how many. Each turn is
 * one transaction under the lock of its order, so that several workers, or one that died halfway,
 * make no run twice and lose none. After `signal` it begins nothing more.
 */
export async function runSchedules(
  ctx: Context,
  provider: Provider,
  signal?: AbortSignal,
): Promise<number> {
  const tasks = await leaseTasks(ctx.db, {
    providerId: provider.id,
    kind: "run",
    limit: tasksAtOnce,
  });
  const left = new Set(tasks);
  const waiting = tasks.values();
  const callInTurn = async () => {
    for (const task of waiting) {
      if (signal?.aborted === true) return;
      left.delete(task);
      await turnOrLog(ctx, task);
    }
  };
  const lease = keepLease(ctx, orderTasks, tasks);
  try {
    await Promise.all(Array.from({ length: callersMax }, callInTurn));
  } finally {
    lease.close();
  }
  await giveBackTasks(ctx.db, [...left], 0);
  return tasks.length;
}

/** A turn that fails by itself holds up no other: it is tried again when its lease ends. */
async function turnOrLog(ctx: Context, task: Task): Promise<void> {
  try {
    await takeTurn(ctx, task);
  } catch (error) {
    ctx.log.error({ orderId: task.orderId, error }, "turn of a schedule failed");
  }
}

// The task is written last, after the account. Ending a run does it in the same order, so that
// nobody waits in a circle. A lost lease is harmless, because what is due is decided anew under the
// order's lock.
async function takeTurn(ctx: Context, task: Task): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const order = await lockOrder(tx, task.accountId, task.orderId);
    if (order === undefined || order.held !== undefined) {
      return deleteTask(tx, task.accountId, task.orderId);
    }
    const inSeconds = await turnSchedule(tx, order);
    if (inSeconds === undefined) return deleteTask(tx, order.accountId, order.id);
    return rescheduleTask(tx, task, "run", inSeconds);
  });
}

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
 * Gives drip-feeds and subscriptions whose turn has come their turn, and returns how many. Each turn is one
 * transaction under the lock of its order, so that several workers, or one that died in the middle,
 * make no run twice and lose none. After `signal` nothing more is begun.
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

/** One that fails by itself holds up no other: it is tried again when its lease ends. */
async function turnOrLog(ctx: Context, task: Task): Promise<void> {
  try {
    await takeTurn(ctx, task);
  } catch (error) {
    ctx.log.error({ orderId: task.orderId, error }, "turn of a schedule failed");
  }
}

// The task is written last, after the account: whoever ends a run does it in the same order, and
// nobody waits in a circle. A lease that was lost is harmless, because what is due is decided anew
// under the order's lock.
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

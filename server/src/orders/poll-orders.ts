import { randomUUID } from "node:crypto";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { orderTransitions } from "#values/order-status.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { ProviderOrderState } from "#providers/connector.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { keepLease, leaseSeconds } from "#tasks/keep-lease.ts";
import { byAccount, claimTasks, deleteTask, holdTask, rescheduleTask } from "#tasks/tasks.sql.ts";
import type { Task } from "#tasks/tasks.sql.ts";
import { moveOrder } from "./move-order.ts";
import { listOrdersByKey, lockOrder } from "./orders.sql.ts";
import type { Order } from "./orders.sql.ts";

const ordersMax = 100;
const pollSecondsMin = 1;
const pollSecondsMax = 600;

/**
 * Asks one provider for the states of its due orders, at most 100, and moves them along. Answers how
 * many were asked for.
 */
export async function pollOrders(ctx: Context, provider: Provider): Promise<number> {
  const connector = findConnector(provider.connector);
  if (connector === undefined) return 0;
  const tasks = await claimTasks(ctx.db, {
    providerId: provider.id,
    kind: "poll",
    limit: ordersMax,
    lease: randomUUID(),
    leaseSeconds,
  });
  if (tasks.length === 0) return 0;
  const orders = await listOrdersByKey(ctx.db, tasks);
  const asked = orders.map((order) => order.providerOrder).filter((id) => id !== undefined);
  const call = { settings: provider.settings, now: ctx.clock.now() };
  const states = await keepLease(ctx, tasks, () => connector.orderStates(asked, call));

  const byOrder = new Map(orders.map((order) => [order.id, order]));
  const inOrder = tasks.toSorted(byAccount);
  await inTransaction(ctx, async (tx) => {
    for (const task of inOrder) {
      const order = byOrder.get(task.orderId);
      const state = states.get(order?.providerOrder ?? "");
      await follow(tx, task, order, state, ctx.clock.now());
    }
  });
  return tasks.length;
}

/** Takes the provider's word for one order, and sets when to ask again. */
async function follow(
  tx: Tx,
  task: Task,
  order: Order | undefined,
  state: ProviderOrderState | undefined,
  now: number,
): Promise<void> {
  await lockOrder(tx, task.accountId, task.orderId);
  if (!(await holdTask(tx, task))) return;
  if (order === undefined) return deleteTask(tx, task.accountId, task.orderId);
  const isKnown = state !== undefined && isAhead(order, state);
  if (isKnown) {
    const moved = await moveOrder(tx, task.accountId, task.orderId, {
      status: state.status,
      ...(state.startCount === undefined ? {} : { startCount: state.startCount }),
      ...(state.remains === undefined ? {} : { remains: state.remains }),
    });
    if (!moved.ok && moved.refusal.code !== "transition_illegal") {
      const { code } = moved.refusal;
      await moveOrder(tx, task.accountId, task.orderId, { note: `Provider's state: ${code}` });
    }
  }
  // Young orders are asked for often, old ones rarely: a tenth of their age.
  const ageSeconds = (now - order.createdAt.getTime()) / 1000;
  const pause = Math.min(pollSecondsMax, Math.max(pollSecondsMin, ageSeconds / 10));
  await rescheduleTask(tx, task, "poll", pause);
}

function isAhead(order: Order, state: ProviderOrderState): boolean {
  return state.status === order.status || orderTransitions[order.status].includes(state.status);
}

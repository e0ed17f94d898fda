import { randomUUID } from "node:crypto";
import type { Context } from "#database/context.ts";
import { microBatch } from "#database/micro-batch.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { OutgoingOrder, PlaceOutcome } from "#providers/connector.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { keepLease, leaseSeconds } from "#tasks/keep-lease.ts";
import { byAccount, claimTasks, deleteTask, holdTask, rescheduleTask } from "#tasks/tasks.sql.ts";
import type { Task } from "#tasks/tasks.sql.ts";
import { listOrdersByKey, lockOrder, setOrderNote, setProviderOrder } from "./orders.sql.ts";
import type { Order } from "./orders.sql.ts";

const ordersMax = 100;
const parallelCallsMax = 10;
const firstPollSeconds = 1;
const retrySecondsMax = 300;

type Settled = { readonly task: Task; readonly outcome: PlaceOutcome | undefined };

/**
 * Hands the due orders of one provider to it, at most 100, and answers how many were taken on. The
 * calls stand outside every transaction; what came of each is written as soon as it is known,
 * together with what else is known by then, under the tasks' lease.
 */
export async function sendOrders(ctx: Context, provider: Provider): Promise<number> {
  const connector = findConnector(provider.connector);
  if (connector === undefined) return 0;
  const tasks = await claimTasks(ctx.db, {
    providerId: provider.id,
    kind: "send",
    limit: ordersMax,
    lease: randomUUID(),
    leaseSeconds,
  });
  if (tasks.length === 0) return 0;
  const records = microBatch<Settled, undefined>((settled) => recordAll(ctx, settled), {
    itemsMax: ordersMax,
    batchesMax: 1,
    waitingMax: ordersMax,
  });
  const orders = new Map((await listOrdersByKey(ctx.db, tasks)).map((order) => [order.id, order]));
  const waiting = tasks.values();
  const sendNext = async () => {
    for (const task of waiting) {
      const order = orders.get(task.orderId);
      const call = { settings: provider.settings, now: ctx.clock.now() };
      const outcome =
        order?.status === "pending" ? await connector.placeOrder(outgoing(order), call) : undefined;
      await records.ask({ task, outcome });
    }
  };
  await keepLease(ctx, tasks, () =>
    Promise.all(Array.from({ length: parallelCallsMax }, sendNext)),
  );
  return tasks.length;
}

function outgoing(order: Order): OutgoingOrder {
  return {
    orderId: order.id,
    providerService: order.providerService,
    link: order.link,
    quantity: order.quantity,
    runs: order.runs,
    intervalMinutes: order.intervalMinutes,
    fields: order.fields,
  };
}

async function recordAll(ctx: Context, settled: readonly Settled[]): Promise<undefined[]> {
  const inOrder = settled.toSorted((a, b) => byAccount(a.task, b.task));
  await inTransaction(ctx, async (tx) => {
    for (const { task, outcome } of inOrder) await record(tx, task, outcome);
  });
  return settled.map(() => undefined);
}

/** Writes what came of one call. Nothing is written where the lease was lost in the meantime. */
async function record(tx: Tx, task: Task, outcome: PlaceOutcome | undefined): Promise<void> {
  const { accountId, orderId } = task;
  await lockOrder(tx, accountId, orderId);
  if (!(await holdTask(tx, task))) {
    // Canceled, or taken on by another worker, while the call was under way: staff must know.
    if (outcome?.kind !== "accepted") return;
    const words = `The provider accepted it as ${outcome.providerOrder} when it was no longer due`;
    await setOrderNote(tx, accountId, orderId, words);
    return;
  }
  switch (outcome?.kind) {
    case "accepted":
      await setProviderOrder(tx, accountId, orderId, outcome.providerOrder);
      await rescheduleTask(tx, task, "poll", firstPollSeconds);
      return;
    case "not_sent":
      await setOrderNote(tx, accountId, orderId, `Not sent yet: ${outcome.reason}`);
      await rescheduleTask(tx, task, "send", Math.min(2 ** task.attempts, retrySecondsMax));
      return;
    case "refused":
      await setOrderNote(tx, accountId, orderId, `Refused by the provider: ${outcome.reason}`);
      await deleteTask(tx, accountId, orderId);
      return;
    case "unknown":
      await setOrderNote(tx, accountId, orderId, `Outcome unknown: ${outcome.reason}`);
      await deleteTask(tx, accountId, orderId);
      return;
    case "by_hand":
    case undefined:
      await deleteTask(tx, accountId, orderId);
  }
}

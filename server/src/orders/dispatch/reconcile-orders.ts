import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { isUnknown } from "#dispatch/standing.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { ProviderCall, ProviderConnector } from "#providers/connector.ts";
import { openCall } from "#providers/open-call.ts";
import { lockProvider } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { keepLease } from "#tasks/keep-lease.ts";
import { leaseTasks, deleteTask, holdTask, orderTasks, rescheduleTask } from "#tasks/tasks.sql.ts";
import type { Task } from "#tasks/task-table.sql.ts";
import { isFinal } from "#values/order-status.ts";
import { byItself, findHolder, listLastAttempts, settleAttempt } from "./attempts.sql.ts";
import type { Attempt } from "./attempts.sql.ts";
import { closeDeskEntries, openDeskEntry } from "#orders/desk.sql.ts";
import { findAttemptAge } from "./evidence.sql.ts";
import { gatherEvidence } from "./gather-evidence.ts";
import { lockOrder } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { settleAccepted } from "./settle-order.ts";
import { factsOf } from "./write-outcomes.ts";

const ordersMax = 10;
const pausesSeconds = [10, 30, 60, 120, 300, 600, 900];
// Without request ids, what is still unclear after these rounds is for a person.
const roundsMax = 6;
// A slow provider may still be working on the request for a while after we gave up.
const notThereSecondsMin = 60;

/** What the provider's answer says about an attempt of unknown outcome. */
type Finding =
  | { readonly kind: "accepted"; readonly providerOrder: string; readonly proof: string }
  /**
   * The provider honours request ids and has none of ours. It may be asked again under the same id.
   */
  | { readonly kind: "not_there" }
  | { readonly kind: "open"; readonly words: string; readonly isLast: boolean };

/**
 * Finds out what became of attempts of unknown outcome at one provider, at most 10 in a round.
 * Returns how many. An order is sent again only under a request id that the provider is known to
 * honour, and nothing is ever settled as refused. What is not proven waits on the desk, with the
 * facts.
 */
export async function reconcileOrders(ctx: Context, provider: Provider): Promise<number> {
  const connector = findConnector(provider.connector);
  if (connector === undefined) return 0;
  const tasks = await leaseTasks(ctx.db, {
    providerId: provider.id,
    kind: "reconcile",
    limit: ordersMax,
  });
  if (tasks.length === 0) return 0;
  const lease = keepLease(ctx, orderTasks, tasks);
  try {
    const call = await openCall(ctx, provider);
    const attempts = new Map(
      (await listLastAttempts(ctx.db, tasks)).map((attempt) => [attempt.orderId, attempt]),
    );
    for (const task of tasks) {
      const attempt = attempts.get(task.orderId);
      const finding =
        attempt !== undefined && isUnknown(attempt)
          ? await findOut(ctx, provider, connector, call, task, attempt)
          : undefined;
      await inTransaction(ctx, (tx) => conclude(tx, provider, task, attempt, finding));
    }
  } finally {
    lease.close();
  }
  return tasks.length;
}

async function findOut(
  ctx: Context,
  provider: Provider,
  connector: ProviderConnector,
  call: ProviderCall,
  task: Task,
  attempt: Attempt,
): Promise<Finding> {
  const { lookup } = connector;
  if (lookup?.canFind(provider.settings) === true) {
    const said = await lookup.findOrder(attempt.requestId, call);
    if (!said.ok) {
      const words = `Its request id was not answered: ${said.refusal.reason}`;
      return { kind: "open", words, isLast: false };
    }
    if (said.value !== undefined) {
      const proof = "the provider has it under its request id";
      return { kind: "accepted", providerOrder: said.value.providerOrder, proof };
    }
    const seconds = await findAttemptAge(ctx.db, attempt);
    const enough = Math.max((2 * provider.timeoutMs) / 1000, notThereSecondsMin);
    if (seconds >= enough) return { kind: "not_there" };
    const words = "The provider has nothing under its request id so far.";
    return { kind: "open", words, isLast: false };
  }
  const { words, proven } = await gatherEvidence(ctx, provider, connector, call, attempt);
  const isLast = task.attempts >= roundsMax;
  if (proven === undefined) return { kind: "open", words, isLast };
  return { kind: "accepted", providerOrder: proven, proof: `proven by balance: ${words}` };
}

/** Records what was found, under the order's lock and the task's lease. */
async function conclude(
  tx: Tx,
  provider: Provider,
  task: Task,
  attempt: Attempt | undefined,
  finding: Finding | undefined,
): Promise<void> {
  const order = await lockOrder(tx, task.accountId, task.orderId);
  if (!(await holdTask(tx, task))) return;
  if (order === undefined || attempt === undefined || finding === undefined) {
    return deleteTask(tx, task.accountId, task.orderId);
  }
  switch (finding.kind) {
    case "accepted": {
      const { providerOrder } = finding;
      // Two may find one number at the same time. The second then finds it taken.
      await lockProvider(tx, provider.id);
      const holder = await findHolder(tx, provider.id, providerOrder, order.id);
      if (holder === undefined) {
        const by = { actor: byItself, decision: `accepted: ${finding.proof}` };
        await settleAccepted(tx, { provider, order, attempt, providerOrder, by });
        return;
      }
      const words = `Order ${holder} carries the number ${providerOrder} that was found.`;
      return stayOpen(tx, { provider, task, order, attempt, words, isLast: false });
    }
    case "not_there":
      return sendAgain(tx, task, order, attempt);
    case "open":
      return stayOpen(tx, { provider, task, order, attempt, ...finding });
  }
}

/** The provider takes a request once under its id, so repeating it buys nothing twice. */
async function sendAgain(tx: Tx, task: Task, order: Order, attempt: Attempt): Promise<void> {
  if (isFinal(order.status)) return deleteTask(tx, order.accountId, order.id);
  await settleAttempt(tx, attempt, { as: "refused", by: byItself });
  await closeDeskEntries(tx, order.accountId, order.id, {
    by: byItself,
    decision: `not there under ${attempt.requestId}; sent again under the same request id`,
    reasons: ["unknown"],
  });
  return rescheduleTask(tx, task, "send", 0);
}

async function stayOpen(
  tx: Tx,
  open: {
    provider: Provider;
    task: Task;
    order: Order;
    attempt: Attempt;
    words: string;
    isLast: boolean;
  },
): Promise<void> {
  const { provider, task, order, attempt, words, isLast } = open;
  const facts = `${factsOf(provider, attempt, attempt.reason ?? "")} ${words}`.trim();
  await openDeskEntry(tx, order.accountId, order.id, "unknown", facts);
  if (isLast) return deleteTask(tx, order.accountId, order.id);
  const pause = pausesSeconds[task.attempts - 1] ?? pausesSeconds.at(-1) ?? 900;
  return rescheduleTask(tx, task, "reconcile", pause);
}

import { hash } from "node:crypto";
import type { Context } from "#database/context.ts";
import { listSources } from "#catalog/sources.sql.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { ProviderCall } from "#providers/connector.ts";
import { openCall } from "#providers/open-call.ts";
import { findProviderState } from "#providers/provider-states.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { keepLease } from "#tasks/keep-lease.ts";
import { claimTasks, giveBackTasks, orderTasks } from "#tasks/tasks.sql.ts";
import type { Task } from "#tasks/task-table.sql.ts";
import type { Amount } from "#values/money.ts";
import { listLastAttempts } from "./attempts.sql.ts";
import { divertOrders } from "./divert-orders.ts";
import { listOrdersByKey } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { sendToProvider } from "./send-to-provider.ts";
import { askHeld, endHold } from "#providers/queue-hold.ts";
import type { Queue } from "#providers/queue-hold.ts";
import { applyTriage, triageDue } from "./triage-due.ts";
import type { Ready } from "./triage-due.ts";

const ordersMin = 100;
const ordersMax = 1000;
const ordersPerCaller = 10;

/**
 * Hands due orders of one provider to it, some for each of its callers, and answers how many were taken on. Each
 * try is written down and committed before its call, and its outcome right after; the calls stand
 * outside every transaction. A provider that is held is only asked whether the hold can end, and
 * orders that others may deliver go to them. After `signal` nothing more is begun.
 */
export async function sendOrders(
  ctx: Context,
  provider: Provider,
  signal?: AbortSignal,
): Promise<number> {
  const connector = findConnector(provider.connector);
  if (connector === undefined) return 0;
  if (!provider.isEnabled) return divertOrders(ctx, provider);
  const state = await findProviderState(ctx.db, provider.id);
  let call: Promise<ProviderCall> | undefined;
  const opened = () => (call ??= openCall(ctx, provider));
  let balance: Amount | undefined;
  const isTrial = state.hold !== undefined;
  if (isTrial) {
    const asked = await askHeld(ctx, provider, connector, state, opened);
    if (!asked.mayTry) return divertOrders(ctx, provider);
    ({ balance } = asked);
  }
  const queue: Queue = {
    ctx,
    provider,
    state,
    isTrial,
    failures: state.failures,
    isStopped: false,
  };
  const tasks = await claimTasks(ctx.db, {
    providerId: provider.id,
    kind: "send",
    limit: isTrial ? 1 : ordersAtOnce(provider),
  });
  if (tasks.length === 0) {
    if (isTrial) await endHold(queue);
    return 0;
  }
  const left = new Set<Task>(tasks);
  const lease = keepLease(ctx, orderTasks, tasks);
  try {
    const { ready, aside } = await readDue(ctx, provider, tasks);
    await applyTriage(ctx, provider, aside);
    for (const { task } of aside) left.delete(task);
    if (ready.length > 0 && isAffordable(queue, ready, balance)) {
      await sendToProvider(queue, connector, await opened(), ready, left, signal);
    }
  } finally {
    lease.close();
    await giveBackTasks(ctx.db, [...left], 0);
  }
  return queue.isStopped || isTrial ? 0 : tasks.length;
}

/** Enough that the callers seldom wait for the last of them. */
function ordersAtOnce({ parallelCalls }: Provider): number {
  return Math.min(Math.max(ordersMin, ordersPerCaller * parallelCalls), ordersMax);
}

async function readDue(ctx: Context, provider: Provider, tasks: readonly Task[]) {
  const orders = await listOrdersByKey(ctx.db, tasks);
  const serviceIds = [...new Set(orders.map((order) => order.serviceId))];
  const [sources, attempts] = await Promise.all([
    listSources(ctx.db, serviceIds),
    listLastAttempts(ctx.db, tasks),
  ]);
  return triageDue(ctx, provider, {
    tasks,
    orders,
    sources,
    attempts,
    isOpenHere: true,
    requestIdOf,
  });
}

/** After a top-up it must pay for the order that has waited longest, as far as anyone knows. */
function isAffordable(queue: Queue, ready: readonly Ready[], balance: Amount | undefined): boolean {
  if (queue.state.hold?.kind !== "funds" || balance === undefined) return true;
  const charge = ready[0]?.attempt.expectedCharge;
  return charge === undefined || balance >= charge;
}

/**
 * Names a try at a provider for good: made of the order itself, so that a panel that was restored from
 * a backup asks for the same order by the same name, and for another one never.
 */
function requestIdOf(order: Order, number: number): string {
  const { accountId, id, createdAt, link, quantity, providerId, providerService } = order;
  const content = [
    accountId,
    id,
    createdAt,
    link,
    quantity,
    providerId,
    providerService,
    order.fields,
  ];
  return `pw-${id}-${number}-${hash("sha256", JSON.stringify(content), "hex").slice(0, 20)}`;
}

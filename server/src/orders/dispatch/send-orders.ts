import type { Context } from "#database/context.ts";
import { dispatchDue } from "#dispatch/dispatch-due.ts";
import type { DispatchTable } from "#dispatch/dispatch-table.ts";
import { openQueue } from "#dispatch/queue.ts";
import type { ProviderConnector } from "#providers/connector.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { orderTasks } from "#tasks/tasks.sql.ts";
import type { OrderId } from "#values/ids.ts";
import { advanceAttempts } from "./advance-attempts.sql.ts";
import { divertOrders } from "./divert-orders.ts";
import { applyTriage, triageDue } from "./triage-due.ts";
import type { Ready, Triage } from "./triage-due.ts";
import { firstPollSeconds, writeOutcomes } from "./write-outcomes.ts";

const ordersMin = 100;
const ordersMax = 1000;
const ordersPerCaller = 10;

/**
 * Hands due orders of one provider to it and returns how many were taken on. A provider that is held is
 * only asked whether the hold can end, and orders that others may deliver go to them. After `signal`
 * nothing more is begun.
 */
export async function sendOrders(
  ctx: Context,
  provider: Provider,
  signal?: AbortSignal,
): Promise<number> {
  const connector = findConnector(provider.connector);
  if (connector === undefined) return 0;
  const queue = await openQueue(ctx, provider, connector);
  if (queue === undefined) return divertOrders(ctx, provider);
  return dispatchDue(queue, orderTable(connector), signal);
}

/** How orders are dispatched. */
function orderTable(connector: ProviderConnector): DispatchTable<OrderId, Ready, Triage> {
  return {
    what: "orders",
    logged: ({ order }) => ({ orderId: order.id }),
    tasks: orderTasks,
    kind: "send",
    // Enough that the callers seldom wait for the last of them.
    takenAtOnce: ({ parallelCalls }) =>
      Math.min(Math.max(ordersMin, ordersPerCaller * parallelCalls), ordersMax),
    triage: (ctx, provider, tasks) => triageDue(ctx, provider, tasks, { isOpenHere: true }),
    applyTriage,
    isBatched: true,
    begin: (ctx, provider, next, taken) => {
      const accepted = taken.map(({ attempt, outcome: { providerOrder } }) => ({
        ...attempt,
        providerOrder,
      }));
      const starts = next.map(({ attempt }) => attempt);
      return advanceAttempts(ctx.hot, accepted, starts, firstPollSeconds(provider));
    },
    call: ({ order, attempt, type }, call) => {
      const { id: orderId, providerService, link, quantity, runs, intervalMinutes, fields } = order;
      const { requestId } = attempt;
      const outgoing = { orderId, requestId, providerService, type, link, quantity, fields };
      return connector.placeOrder({ ...outgoing, runs, intervalMinutes }, call);
    },
    writeOutcomes,
  };
}

import type { DispatchTable } from "#dispatch/dispatch-table.ts";
import type { ProviderConnector } from "#providers/connector.ts";
import { orderTasks } from "#tasks/tasks.sql.ts";
import type { OrderId } from "#values/ids.ts";
import { advanceAttempts } from "./advance-attempts.sql.ts";
import { applyTriage, triageDue } from "./triage-due.ts";
import type { Ready, Triage } from "./triage-due.ts";
import { firstPollSeconds, writeOutcomes } from "./write-outcomes.ts";

const ordersMin = 100;
const ordersMax = 1000;
const ordersPerCaller = 10;

/** How orders are dispatched through a provider's connector: see `DispatchTable`. */
export function orderTable(connector: ProviderConnector): DispatchTable<OrderId, Ready, Triage> {
  return {
    what: "orders",
    logged: ({ order }) => ({ orderId: order.id }),
    tasks: orderTasks,
    kind: "send",
    // Enough that callers seldom wait for the last of them.
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

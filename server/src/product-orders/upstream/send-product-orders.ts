import type { Context } from "#database/context.ts";
import { findConnector } from "#providers/connectors/index.ts";
import { openCall } from "#providers/open-call.ts";
import type { ProviderCall } from "#providers/connector.ts";
import { findProviderState } from "#providers/provider-states.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { askHeld, endHold } from "#providers/queue-hold.ts";
import type { Queue } from "#providers/queue-hold.ts";
import type { Amount } from "#values/money.ts";
import { keepLease } from "#tasks/keep-lease.ts";
import { placeProducts } from "./place-products.ts";
import { productTasks } from "./product-tasks.sql.ts";
import type { ProductTask } from "./product-tasks.sql.ts";
import { isAffordable, applyTriage, triageDueProducts } from "./triage-due-products.ts";

const ordersMin = 20;
const ordersPerCaller = 5;

/**
 * Hands due product orders of one provider to it and answers how many were taken on. Each try is
 * written down and committed before its call, and its outcome right after; the calls stand outside
 * every transaction. A provider that is held is only asked whether the hold can end. After `signal`
 * nothing more is begun.
 */
export async function sendProductOrders(
  ctx: Context,
  provider: Provider,
  signal?: AbortSignal,
): Promise<number> {
  const connector = findConnector(provider.connector);
  const products = connector?.products;
  if (connector === undefined || products === undefined || !provider.isEnabled) return 0;
  const state = await findProviderState(ctx.db, provider.id);
  let call: Promise<ProviderCall> | undefined;
  const opened = () => (call ??= openCall(ctx, provider));
  const isTrial = state.hold !== undefined;
  let balance: Amount | undefined;
  if (isTrial) {
    const asked = await askHeld(ctx, provider, connector, state, opened);
    if (!asked.mayTry) return 0;
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
  const tasks = await productTasks.claim(ctx.db, {
    providerId: provider.id,
    kind: "send",
    limit: isTrial ? 1 : Math.max(ordersMin, ordersPerCaller * provider.parallelCalls),
  });
  if (tasks.length === 0) {
    if (isTrial) await endHold(queue);
    return 0;
  }
  const lease = keepLease(ctx, productTasks, tasks);
  const left = new Set<ProductTask>(tasks);
  try {
    const { ready, aside } = await triageDueProducts(ctx, provider, "send", tasks);
    for (const each of aside) {
      await applyTriage(ctx, provider, each);
      left.delete(each.task);
    }
    if (ready.length > 0 && isAffordable(state, ready, balance)) {
      await placeProducts(queue, products, await opened(), ready, left, signal);
    }
  } finally {
    lease.close();
    await productTasks.giveBack(ctx.db, [...left], 0);
  }
  return queue.isStopped || isTrial ? 0 : tasks.length;
}

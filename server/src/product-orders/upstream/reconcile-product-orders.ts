import type { Context } from "#database/context.ts";
import { findConnector } from "#providers/connectors/index.ts";
import { openCall } from "#providers/open-call.ts";
import { findProviderState } from "#providers/provider-states.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import type { Queue } from "#providers/queue-hold.ts";
import { keepLease } from "#tasks/keep-lease.ts";
import { placeProducts } from "./place-products.ts";
import { productTasks } from "./product-tasks.sql.ts";
import type { ProductTask } from "./product-tasks.sql.ts";
import { applyTriage, triageDueProducts } from "./triage-due-products.ts";
import type { ProductTriage } from "./triage-due-products.ts";
import { mayRepeat } from "./write-product-outcome.ts";

const ordersMax = 10;

/**
 * Finds out what became of product orders of unknown outcome, at most 10 in a turn, by the one question
 * that there is: the same request under the same request id, at a provider that is known to honour
 * them. It answers the order that it has, or takes it once. What such a provider refuses stays
 * unknown and waits on the desk: it may refuse before it looks for the request id.
 */
export async function reconcileProductOrders(
  ctx: Context,
  provider: Provider,
  signal?: AbortSignal,
): Promise<number> {
  const products = findConnector(provider.connector)?.products;
  if (products === undefined || !provider.isEnabled) return 0;
  const tasks = await productTasks.claim(ctx.db, {
    providerId: provider.id,
    kind: "reconcile",
    limit: ordersMax,
  });
  if (tasks.length === 0) return 0;
  const left = new Set<ProductTask>(tasks);
  const lease = keepLease(ctx, productTasks, tasks);
  try {
    const state = await findProviderState(ctx.db, provider.id);
    const { ready, aside } = await triageDueProducts(ctx, provider, "repeat", tasks);
    // The setting may have been taken back since.
    const unfit = mayRepeat(provider) ? [] : ready;
    const drops = unfit.map(({ task }): ProductTriage => ({ task, kind: "drop" }));
    for (const each of [...aside, ...drops]) {
      await applyTriage(ctx, provider, each);
      left.delete(each.task);
    }
    if (unfit.length === 0 && ready.length > 0 && state.hold === undefined) {
      const { failures } = state;
      const queue: Queue = { ctx, provider, state, isTrial: false, failures, isStopped: false };
      await placeProducts(queue, products, await openCall(ctx, provider), ready, left, signal);
    }
  } finally {
    lease.close();
    await productTasks.giveBack(ctx.db, [...left], 0);
  }
  return tasks.length - left.size;
}

import type { Context } from "#database/context.ts";
import { dispatchDue } from "#dispatch/dispatch-due.ts";
import { findQueue } from "#dispatch/queue.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { productTable } from "./product-table.ts";

const ordersMax = 10;

/**
 * Finds out what became of product orders of unknown outcome, at most 10 in a round. The only way
 * to ask is the same request under the same request id, at a provider that is known to honour them:
 * it returns the order that it has, or takes it once. What such a provider refuses stays unknown
 * and waits on the desk, because it may refuse before it looks for the request id.
 */
export async function reconcileProductOrders(
  ctx: Context,
  provider: Provider,
  signal?: AbortSignal,
): Promise<number> {
  const products = findConnector(provider.connector)?.products;
  if (products === undefined || !provider.isEnabled) return 0;
  const queue = await findQueue(ctx, provider);
  return dispatchDue(queue, productTable(products, "reconcile", ordersMax), signal);
}

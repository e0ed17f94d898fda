import type { Context } from "#database/context.ts";
import { dispatchDue } from "#dispatch/dispatch-due.ts";
import { openQueue } from "#dispatch/queue.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { productTable } from "./product-table.ts";

const ordersMin = 20;
const ordersPerCaller = 5;

/**
 * Hands due product orders to one provider and returns how many were taken on. For a provider on
 * hold, it only checks whether the hold can end. After `signal` it begins nothing more.
 */
export async function sendProductOrders(
  ctx: Context,
  provider: Provider,
  signal?: AbortSignal,
): Promise<number> {
  const connector = findConnector(provider.connector);
  if (connector?.products === undefined) return 0;
  const queue = await openQueue(ctx, provider, connector);
  if (queue === undefined) return 0;
  const takenAtOnce = Math.max(ordersMin, ordersPerCaller * provider.parallelCalls);
  return dispatchDue(queue, productTable(connector.products, "send", takenAtOnce), signal);
}

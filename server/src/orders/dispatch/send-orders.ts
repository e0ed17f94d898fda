import type { Context } from "#database/context.ts";
import { dispatchDue } from "#dispatch/dispatch-due.ts";
import { openQueue } from "#dispatch/queue.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { divertOrders } from "./divert-orders.ts";
import { orderTable } from "./order-table.ts";

/**
 * Hands due orders to one provider and returns how many were taken on. For a provider on hold, it
 * only checks whether the hold can end and reroutes orders that other sources may deliver. After
 * `signal` it begins nothing more.
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

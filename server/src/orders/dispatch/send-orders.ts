import type { Context } from "#database/context.ts";
import { dispatchDue } from "#dispatch/dispatch-due.ts";
import { openQueue } from "#dispatch/queue.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { divertOrders } from "./divert-orders.ts";
import { orderTable } from "./order-table.ts";

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

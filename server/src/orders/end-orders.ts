import type { Tx } from "#database/transaction.ts";
import { deleteTasks } from "#tasks/poll-tasks.sql.ts";
import type { Mover } from "#values/actor.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { wireStatus } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { closeDeskOfEnded, closeOpenCancels, endRefillsByOrder } from "./end-orders.sql.ts";

/**
 * Does what belongs to the end of locked orders: removes their tasks, answers cancel requests, ends
 * refills that they deliver, and takes them off the desk. `by` is who moved them.
 */
export async function endOrders(
  tx: Tx,
  keys: readonly { readonly accountId: AccountId; readonly orderId: OrderId }[],
  status: OrderStatus,
  by: Mover,
): Promise<void> {
  if (keys.length === 0) return;
  await deleteTasks(tx, keys);
  const wasGranted = status === "canceled" || status === "partial";
  if (wasGranted) await closeOpenCancels(tx, keys, "completed", undefined);
  else await closeOpenCancels(tx, keys, "rejected", "order_completed");
  // Staff judge what was not delivered in full.
  if (status === "completed") await endRefillsByOrder(tx, keys, "completed", undefined);
  else await endRefillsByOrder(tx, keys, "error", `its order is ${wireStatus[status]}`);
  await closeDeskOfEnded(tx, keys, { by, decision: `the order is ${wireStatus[status]}` });
}

import type { OrderStatus } from "#values/order-status.ts";

/**
 * What remains of an order in its new status where `said` may be unknown. Nothing remains of a
 * Completed.
 */
export function remainsAfter(
  order: { readonly remains: number },
  status: OrderStatus,
  said: number | undefined,
): number {
  return said ?? (status === "completed" ? Math.min(order.remains, 0) : order.remains);
}

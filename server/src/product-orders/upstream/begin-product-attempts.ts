import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import { standingOf } from "#dispatch/standing.ts";
import { lockProductOrder } from "#product-orders/product-orders.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { insertProductAttempt, listProductAttempts } from "./product-attempts.sql.ts";
import { productTasks } from "./product-tasks.sql.ts";
import type { ReadyProduct } from "./triage-due-products.ts";

/**
 * Records attempts, each in a transaction of its own. It skips those whose order moved on or is
 * leased by another worker. Locks the order, then its task.
 */
export async function beginProductAttempts(
  ctx: Context,
  _provider: Provider,
  next: readonly ReadyProduct[],
): Promise<{ started: Set<ProductOrderId>; written: Set<ProductOrderId> }> {
  const started = new Set<ProductOrderId>();
  for (const ready of next) {
    if (await beginProductAttempt(ctx, ready)) started.add(ready.order.id);
  }
  return { started, written: new Set() };
}

function beginProductAttempt(ctx: Context, { task, attempt }: ReadyProduct): Promise<boolean> {
  return inTransaction(ctx, async (tx) => {
    const order = await lockProductOrder(tx, task.accountId, task.orderId);
    if (order?.status !== "pending" || !(await productTasks.hold(tx, task))) return false;
    const standing = standingOf((await listProductAttempts(tx, [order.id])).get(order.id) ?? []);
    switch (standing.kind) {
      case "accepted":
        return false;
      case "open":
        // Under our lease it is the same attempt, whose commit was not answered.
        return (
          standing.attempt.number === attempt.number &&
          standing.attempt.requestId === attempt.requestId
        );
      case "free":
      case "unknown":
        return standing.number === attempt.number && insertProductAttempt(tx, attempt);
    }
  });
}

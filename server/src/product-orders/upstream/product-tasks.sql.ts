import { taskTable } from "#tasks/task-table.sql.ts";
import type { Task } from "#tasks/task-table.sql.ts";
import type { ProductOrderId } from "#values/ids.ts";

/** Send it to its provider, ask about its state, or find out whether the provider took it. */
export type ProductTaskKind = "send" | "poll" | "reconcile";

/** Something that is due for a product order. */
export type ProductTask = Task<ProductOrderId>;

/** What is due for product orders. */
export const productTasks = taskTable<ProductOrderId, ProductTaskKind>({
  statements: "productTasks",
  table: "product_tasks",
  id: "product_order_id",
  key: "product_order_id",
  kind: "text",
  anew: "lease = null, attempts = 0",
});

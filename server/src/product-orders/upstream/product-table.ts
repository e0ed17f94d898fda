import type { DispatchTable } from "#dispatch/dispatch-table.ts";
import type { ProviderConnector } from "#providers/connector.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { beginProductAttempts } from "./begin-product-attempts.ts";
import { productTasks } from "./product-tasks.sql.ts";
import { applyProductTriage, triageDueProducts } from "./triage-due-products.ts";
import type { ProductTriage, ReadyProduct } from "./triage-due-products.ts";
import { writeProductOutcomes } from "./write-product-outcomes.ts";

/**
 * How product orders are dispatched: those due to be sent, or those of unknown outcome, which are
 * sent again under their request id (`reconcile`).
 */
export function productTable(
  products: NonNullable<ProviderConnector["products"]>,
  kind: "send" | "reconcile",
  takenAtOnce: number,
): DispatchTable<ProductOrderId, ReadyProduct, ProductTriage> {
  return {
    what: "product orders",
    logged: ({ order }) => ({ productOrderId: order.id }),
    tasks: productTasks,
    kind,
    takenAtOnce: () => takenAtOnce,
    triage: (ctx, provider, tasks) => triageDueProducts(ctx, provider, kind, tasks),
    applyTriage: applyProductTriage,
    isBatched: false,
    begin: beginProductAttempts,
    call: ({ order, attempt, answer }, call) => {
      const { providerProduct, requestId } = attempt;
      const outgoing = { requestId, providerProduct, quantity: order.quantity, answer };
      return products.placeProductOrder(outgoing, call);
    },
    writeOutcomes: writeProductOutcomes,
  };
}

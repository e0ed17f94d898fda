import { isProductOrderFinal } from "#values/product-order-status.ts";
import type { ProductOrderStatus } from "#values/product-order-status.ts";
import type { ProductOrder } from "./product-orders.sql.ts";

/** Why staff do not deliver an order. */
export type ManualDeliveryRefusal =
  | { readonly code: "product_order_ended"; readonly status: ProductOrderStatus }
  /** Its provider is delivering it. */
  | { readonly code: "provider_delivers" }
  /** Nobody knows whether the provider took it. */
  | { readonly code: "outcome_open" };

/** Why staff may not deliver a locked order now; `undefined` where they may. */
export function manualDeliveryRefusal(order: ProductOrder): ManualDeliveryRefusal | undefined {
  if (isProductOrderFinal(order.status)) {
    return { code: "product_order_ended", status: order.status };
  }
  if (order.waits?.for === "unknown") return { code: "outcome_open" };
  if (order.providerId !== undefined && order.waits === undefined) {
    return { code: "provider_delivers" };
  }
  return undefined;
}

/** Every event that there is, by its name on the wire. */
export const eventKinds = [
  "order.updated",
  "refill.updated",
  "cancel.updated",
  "subscription.updated",
  "balance.low",
  "product_order.updated",
  "product_claim.updated",
  "service.price_changed",
  "service.enabled",
  "service.disabled",
  "product.stock_changed",
] as const;

export type EventKind = (typeof eventKinds)[number];

/** Every event that there is, by its name on the wire. */
export const eventKinds = [
  "order.updated",
  "refill.updated",
  "cancel.updated",
  "subscription.updated",
  "balance.low",
  "service.price_changed",
  "service.enabled",
  "service.disabled",
] as const;

export type EventKind = (typeof eventKinds)[number];

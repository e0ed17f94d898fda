import type { ProviderConnector } from "#providers/connector.ts";

/** The operator's own hands: an order waits until somebody moves it. */
export const manual: ProviderConnector = {
  name: "manual",
  capabilities: { refill: false, cancel: false },
  placeOrder: async () => ({ kind: "by_hand" }),
  orderStates: async () => new Map(),
};

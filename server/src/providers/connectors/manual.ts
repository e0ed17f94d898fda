import { z } from "zod";
import { ok } from "#values/result.ts";
import { checkedSettings } from "#providers/check-settings.ts";
import type { ProviderConnector } from "#providers/connector.ts";

const settingsSchema = z.strictObject({});

/** The operator's own hands: an order waits until an operator moves it. */
export const manual: ProviderConnector = {
  name: "manual",
  isRemote: false,
  checkSettings: (settings) => checkedSettings(settingsSchema, settings),
  placeOrder: async () => ({ kind: "by_hand" }),
  statesMax: () => 100,
  orderStates: async () => ok(new Map()),
};

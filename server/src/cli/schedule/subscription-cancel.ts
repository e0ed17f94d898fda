import { changeCommand } from "./schedule-output.ts";

export const subscriptionCancel = changeCommand("subscription", "cancel", {
  summary: "Ends a subscription: no more orders are made; those that were made go on.",
  done: "canceled",
});

import { changeCommand } from "./schedule-output.ts";

export const dripfeedCancel = changeCommand("drip_feed", "cancel", {
  summary: "Makes no further runs and refunds those not made; the run under way goes on.",
  done: "canceled",
});

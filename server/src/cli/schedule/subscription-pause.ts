import { changeCommand } from "./schedule-output.ts";

export const subscriptionPause = changeCommand("subscription", "pause", {
  summary: "Reads no feed and makes no orders for a subscription until it is resumed.",
  done: "paused",
});

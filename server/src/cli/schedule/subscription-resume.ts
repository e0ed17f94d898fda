import { changeCommand } from "./schedule-output.ts";

export const subscriptionResume = changeCommand("subscription", "resume", {
  summary: "Goes on with a paused subscription: what was posted meanwhile is new.",
  done: "active",
});

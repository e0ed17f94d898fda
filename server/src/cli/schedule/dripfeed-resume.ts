import { changeCommand } from "./schedule-output.ts";

export const dripfeedResume = changeCommand("drip_feed", "resume", {
  summary: "Goes on with a paused drip-feed: a run that is overdue is made at once.",
  done: "active",
});

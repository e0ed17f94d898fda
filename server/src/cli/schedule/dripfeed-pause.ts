import { changeCommand } from "./schedule-output.ts";

export const dripfeedPause = changeCommand("drip_feed", "pause", {
  summary: "Makes no further runs of a drip-feed until it is resumed.",
  done: "paused",
});

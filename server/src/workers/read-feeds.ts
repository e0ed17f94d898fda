import { readFeeds } from "#orders/schedules/read-feeds.ts";
import type { Job } from "./job.ts";

/** Reads the feeds of subscriptions. */
export const readDueFeeds: Job = {
  name: "read-feeds",
  everySeconds: 1,
  run: (ctx, signal) => readFeeds(ctx, signal),
};

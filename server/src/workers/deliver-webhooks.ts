import { deliverWebhooks } from "#webhooks/deliver-webhooks.ts";
import type { Job } from "./job.ts";

/** Sends customers' events to their endpoints. */
export const deliverEvents: Job = {
  name: "deliver-webhooks",
  everySeconds: 1,
  run: (ctx, signal) => deliverWebhooks(ctx, signal),
};

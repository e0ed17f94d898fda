import { listCommand } from "#cli/schedules.ts";

export const subscriptionList = listCommand(
  "subscription",
  "Lists the subscriptions that this panel runs.",
);

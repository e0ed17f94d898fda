import { listCommand } from "./schedule-output.ts";

export const subscriptionList = listCommand(
  "subscription",
  "Lists the subscriptions that this panel runs.",
);

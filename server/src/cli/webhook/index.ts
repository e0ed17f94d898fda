import type { ListedCommand } from "#cli/kit/command.ts";

/** Commands about webhooks and events, in the order in which help shows them. */
export const webhookCommands: readonly ListedCommand[] = [
  {
    name: "webhook add",
    positions: ["email", "url"],
    summary: "Sends a customer's events to an address, from now on.",
    load: async () => (await import("./webhook-add.ts")).webhookAdd,
  },
  {
    name: "webhook list",
    summary: "Lists the addresses that events are sent to, and how they do.",
    load: async () => (await import("./webhook-list.ts")).webhookList,
  },
  {
    name: "webhook set",
    positions: ["id"],
    summary: "Changes a webhook's address or events, or switches it on and off.",
    load: async () => (await import("./webhook-set.ts")).webhookSet,
  },
  {
    name: "webhook remove",
    positions: ["id"],
    summary: "Removes a webhook with the log of its deliveries.",
    load: async () => (await import("./webhook-remove.ts")).webhookRemove,
  },
  {
    name: "webhook rotate",
    positions: ["id"],
    summary: "Gives a webhook a new secret; for a day the one before signs as well.",
    load: async () => (await import("./webhook-rotate.ts")).webhookRotate,
  },
  {
    name: "webhook test",
    positions: ["id"],
    summary: "Sends a webhook the event webhook.test now, and says what was answered.",
    load: async () => (await import("./webhook-test.ts")).webhookTest,
  },
  {
    name: "webhook log",
    positions: ["id"],
    summary: "Shows deliveries to a webhook with what was answered, newest first.",
    load: async () => (await import("./webhook-log.ts")).webhookLog,
  },
  {
    name: "webhook replay",
    positions: ["id"],
    summary: "Sends a webhook the customer's events again, from one of them on.",
    load: async () => (await import("./webhook-replay.ts")).webhookReplay,
  },
  {
    name: "event list",
    positions: ["email"],
    summary: "Lists what a customer was told of over webhooks and action=changes, by number.",
    load: async () => (await import("./event-list.ts")).eventList,
  },
];

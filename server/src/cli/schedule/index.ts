import type { ListedCommand } from "#cli/kit/command.ts";

/** Commands about drip-feeds and subscriptions, in the order in which help shows them. */
export const scheduleCommands: readonly ListedCommand[] = [
  {
    name: "dripfeed list",
    summary: "Lists the drip-feeds that this panel runs.",
    load: async () => (await import("./dripfeed-list.ts")).dripfeedList,
  },
  {
    name: "dripfeed show",
    positions: ["id"],
    summary: "Shows a drip-feed with its runs.",
    load: async () => (await import("./dripfeed-show.ts")).dripfeedShow,
  },
  {
    name: "dripfeed pause",
    positions: ["id"],
    summary: "Makes no further runs of a drip-feed until it is resumed.",
    load: async () => (await import("./dripfeed-pause.ts")).dripfeedPause,
  },
  {
    name: "dripfeed resume",
    positions: ["id"],
    summary: "Goes on with a paused drip-feed: a run that is overdue is made at once.",
    load: async () => (await import("./dripfeed-resume.ts")).dripfeedResume,
  },
  {
    name: "dripfeed cancel",
    positions: ["id"],
    summary: "Makes no further runs and refunds those not made; the run under way goes on.",
    load: async () => (await import("./dripfeed-cancel.ts")).dripfeedCancel,
  },
  {
    name: "subscription list",
    summary: "Lists the subscriptions that this panel runs.",
    load: async () => (await import("./subscription-list.ts")).subscriptionList,
  },
  {
    name: "subscription show",
    positions: ["id"],
    summary: "Shows a subscription with its feed and the orders of its posts.",
    load: async () => (await import("./subscription-show.ts")).subscriptionShow,
  },
  {
    name: "subscription post",
    positions: ["id"],
    summary: "Says how much an order is for that the provider made for a subscription.",
    load: async () => (await import("./subscription-post.ts")).subscriptionPost,
  },
  {
    name: "subscription set",
    positions: ["id"],
    summary: "Says which feed (RSS, Atom, JSON Feed) announces the posts of a subscription.",
    load: async () => (await import("./subscription-set.ts")).subscriptionSet,
  },
  {
    name: "subscription pause",
    positions: ["id"],
    summary: "Reads no feed and makes no orders for a subscription until it is resumed.",
    load: async () => (await import("./subscription-pause.ts")).subscriptionPause,
  },
  {
    name: "subscription resume",
    positions: ["id"],
    summary: "Goes on with a paused subscription: what was posted meanwhile is new.",
    load: async () => (await import("./subscription-resume.ts")).subscriptionResume,
  },
  {
    name: "subscription cancel",
    positions: ["id"],
    summary: "Ends a subscription: no more orders are made; those that were made go on.",
    load: async () => (await import("./subscription-cancel.ts")).subscriptionCancel,
  },
];

import type { ListedCommand } from "#cli/kit/command.ts";

/** Commands about orders of products, in the order in which help shows them. */
export const productOrderCommands: readonly ListedCommand[] = [
  {
    name: "product order",
    positions: ["id"],
    summary: "Shows an order of a product: its money, what happened to it, and its claims.",
    load: async () => (await import("./product-order.ts")).productOrder,
  },
  {
    name: "product orders",
    summary: "Lists orders of products, newest first.",
    load: async () => (await import("./product-orders.ts")).productOrders,
  },
  {
    name: "product desk",
    summary: "Shows which orders of products wait for staff, oldest first, and how many claims do.",
    load: async () => (await import("./product-desk.ts")).productDesk,
  },
  {
    name: "product start",
    positions: ["id"],
    summary: "Tells the buyer of an order that waits for staff that somebody is at it.",
    load: async () => (await import("./product-start.ts")).productStart,
  },
  {
    name: "product deliver",
    positions: ["id"],
    summary: "Delivers an order of a product by hand, in whole or in part.",
    load: async () => (await import("./product-deliver.ts")).productDeliver,
  },
  {
    name: "product refund",
    positions: ["id"],
    summary: "Ends an order of a product and gives back what was not delivered.",
    load: async () => (await import("./product-refund.ts")).productRefund,
  },
  {
    name: "product settle",
    positions: ["id"],
    summary: "Says what became of an order of a product whose outcome at its provider is unknown.",
    load: async () => (await import("./product-settle.ts")).productSettle,
  },
  {
    name: "product claim list",
    summary: "Lists what buyers say does not work, newest first.",
    load: async () => (await import("./product-claim-list.ts")).productClaimList,
  },
  {
    name: "product claim open",
    positions: ["id"],
    summary: "Opens a claim for a buyer, also after the warranty.",
    load: async () => (await import("./product-claim-open.ts")).productClaimOpen,
  },
  {
    name: "product claim replace",
    positions: ["id"],
    summary: "Gives other items for those that do not work: from the stock, or written by hand.",
    load: async () => (await import("./product-claim-replace.ts")).productClaimReplace,
  },
  {
    name: "product claim refund",
    positions: ["id"],
    summary: "Gives back the price of the items that do not work.",
    load: async () => (await import("./product-claim-refund.ts")).productClaimRefund,
  },
  {
    name: "product claim reject",
    positions: ["id"],
    summary: "Ends a claim with nothing.",
    load: async () => (await import("./product-claim-reject.ts")).productClaimReject,
  },
];

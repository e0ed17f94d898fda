import type { ListedCommand } from "#cli/kit/command.ts";

/** Commands about orders, in the order in which help shows them. */
export const orderCommands: readonly ListedCommand[] = [
  {
    name: "order list",
    summary: "Lists orders, newest first.",
    load: async () => (await import("./order-list.ts")).orderList,
  },
  {
    name: "order show",
    positions: ["id"],
    summary: "Shows an order: its postings, what was tried with providers, and what is due for it.",
    load: async () => (await import("./order-show.ts")).orderShow,
  },
  {
    name: "order timeline",
    positions: ["id"],
    summary: "Tells everything that happened to an order, oldest first: who, when, and what.",
    load: async () => (await import("./order-timeline.ts")).orderTimeline,
  },
  {
    name: "order stuck",
    summary: "Lists orders that take too long, the oldest first, and how many there are where.",
    load: async () => (await import("./order-stuck.ts")).orderStuck,
  },
  {
    name: "order set",
    positions: ["id", "status"],
    summary: "Moves an order by hand and says what that does to the money.",
    load: async () => (await import("./order-set.ts")).orderSet,
  },
  {
    name: "order desk",
    summary: "Shows what waits for a decision of staff, oldest first.",
    load: async () => (await import("./order-desk.ts")).orderDesk,
  },
  {
    name: "order settle",
    positions: ["id"],
    summary: "Says what became of an order whose outcome is unknown.",
    load: async () => (await import("./order-settle.ts")).orderSettle,
  },
  {
    name: "order resend",
    positions: ["id"],
    summary: "Sends an order again that every provider refused, or that waits for its link.",
    load: async () => (await import("./order-resend.ts")).orderResend,
  },
  {
    name: "order mass",
    positions: ["file"],
    summary: "Shows what a list of orders would cost, and places it.",
    load: async () => (await import("./order-mass.ts")).orderMass,
  },
  {
    name: "order held",
    summary: "Lists orders that wait for a review, the oldest first.",
    load: async () => (await import("./order-held.ts")).orderHeld,
  },
  {
    name: "order release",
    positions: ["id"],
    summary: "Lets a held order go its way: it is sent now.",
    load: async () => (await import("./order-release.ts")).orderRelease,
  },
  {
    name: "order refuse",
    positions: ["id"],
    summary: "Cancels a held order and gives the money back.",
    load: async () => (await import("./order-refuse.ts")).orderRefuse,
  },
  {
    name: "refill list",
    summary: "Lists refills that customers asked for, newest first.",
    load: async () => (await import("./refill-list.ts")).refillList,
  },
  {
    name: "refill set",
    positions: ["id", "status"],
    summary: "Moves a refill by hand. Completed and Rejected are final.",
    load: async () => (await import("./refill-set.ts")).refillSet,
  },
  {
    name: "refill order",
    positions: ["id", "quantity"],
    summary:
      "Delivers a refill that waits for staff by an order of our own, free for the customer.",
    load: async () => (await import("./refill-order.ts")).refillOrder,
  },
  {
    name: "cancel list",
    summary: "Lists orders that customers asked to cancel, newest first.",
    load: async () => (await import("./cancel-list.ts")).cancelList,
  },
  {
    name: "cancel set",
    positions: ["id", "status"],
    summary: "Settles a cancel request: Completed cancels and refunds the order.",
    load: async () => (await import("./cancel-set.ts")).cancelSet,
  },
];

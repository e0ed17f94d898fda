import type { ListedCommand } from "#cli/kit/command.ts";

/** Commands about rules for new orders, in the order in which help shows them. */
export const ruleCommands: readonly ListedCommand[] = [
  {
    name: "hold deny",
    positions: ["pattern"],
    summary: "Refuses or holds orders for links of a host, a path or with a word.",
    load: async () => (await import("./hold-deny.ts")).holdDeny,
  },
  {
    name: "hold allow",
    positions: ["hosts"],
    summary: "Takes links of some hosts only, for a service with --service.",
    load: async () => (await import("./hold-allow.ts")).holdAllow,
  },
  {
    name: "hold same-link",
    summary: "Takes one order of a customer for a link at a time.",
    load: async () => (await import("./hold-same-link.ts")).holdSameLink,
  },
  {
    name: "hold first-deposit",
    summary: "Holds large orders of customers whose first deposit is young.",
    load: async () => (await import("./hold-first-deposit.ts")).holdFirstDeposit,
  },
  {
    name: "hold velocity",
    summary: "Holds orders of a customer who orders or spends too much in an hour.",
    load: async () => (await import("./hold-velocity.ts")).holdVelocity,
  },
  {
    name: "hold list",
    summary: "Lists the rules that refuse or hold new orders.",
    load: async () => (await import("./hold-list.ts")).holdList,
  },
  {
    name: "hold remove",
    positions: ["id"],
    summary: "Takes a rule away. Orders that it holds stay held.",
    load: async () => (await import("./hold-remove.ts")).holdRemove,
  },
];

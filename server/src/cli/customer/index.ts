import type { ListedCommand } from "#cli/kit/command.ts";

/** Commands about customers, their keys and prices, in the order in which help shows them. */
export const customerCommands: readonly ListedCommand[] = [
  {
    name: "customer create",
    positions: ["email"],
    summary: "Opens an account with balance 0.",
    load: async () => (await import("./customer-create.ts")).customerCreate,
  },
  {
    name: "customer list",
    summary: "Lists customers and their balances.",
    load: async () => (await import("./customer-list.ts")).customerList,
  },
  {
    name: "customer set",
    positions: ["email"],
    summary: "Changes a customer's allowed debt, discount or status.",
    load: async () => (await import("./customer-set.ts")).customerSet,
  },
  {
    name: "customer deposit",
    positions: ["email", "amount"],
    summary: "Books money that was received by hand.",
    load: async () => (await import("./customer-deposit.ts")).customerDeposit,
  },
  {
    name: "customer statement",
    positions: ["email"],
    summary: "Lists every movement of a customer's money, newest first.",
    load: async () => (await import("./customer-statement.ts")).customerStatement,
  },
  {
    name: "key create",
    positions: ["email"],
    summary: "Makes an API key and shows it, this one time.",
    load: async () => (await import("./key-create.ts")).keyCreate,
  },
  {
    name: "key list",
    positions: ["email"],
    summary: "Lists API keys by their last characters, revoked ones included.",
    load: async () => (await import("./key-list.ts")).keyList,
  },
  {
    name: "key set",
    summary: "Changes what an API key may do, from its next use on.",
    load: async () => (await import("./key-set.ts")).keySet,
  },
  {
    name: "key revoke",
    summary: "Ends an API key at once and for good.",
    load: async () => (await import("./key-revoke.ts")).keyRevoke,
  },
  {
    name: "rate set",
    summary: "Gives a customer a rate of their own for a service, in place of the discount.",
    load: async () => (await import("./rate-set.ts")).rateSet,
  },
  {
    name: "rate list",
    positions: ["email"],
    summary: "Lists a customer's own rates.",
    load: async () => (await import("./rate-list.ts")).rateList,
  },
  {
    name: "ledger adjust",
    summary: "Corrects a balance, never below the customer's floor.",
    load: async () => (await import("./ledger-adjust.ts")).ledgerAdjust,
  },
  {
    name: "ledger bonus",
    positions: ["email", "amount"],
    summary: "Gives a customer a present of the house.",
    load: async () => (await import("./ledger-bonus.ts")).ledgerBonus,
  },
];

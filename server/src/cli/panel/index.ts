import type { ListedCommand } from "#cli/kit/command.ts";

/** Commands about the panel as a whole, in the order in which help shows them. */
export const panelCommands: readonly ListedCommand[] = [
  {
    name: "start",
    summary: "Starts the panel and stays until it is told to end.",
    load: async () => (await import("./start.ts")).start,
  },
  {
    name: "ledger verify",
    summary: "Proves that every balance and every order follows from the postings.",
    load: async () => (await import("./ledger-verify.ts")).ledgerVerify,
  },
  {
    name: "ledger profit",
    summary: "Shows revenue, cost and profit from the postings.",
    load: async () => (await import("./ledger-profit.ts")).ledgerProfit,
  },
  {
    name: "settings get",
    positions: ["key"],
    summary: "Shows the settings, or one of them.",
    load: async () => (await import("./settings-get.ts")).settingsGet,
  },
  {
    name: "settings set",
    positions: ["key", "value"],
    summary: "Changes a setting. Processes that run take it within a second or two.",
    load: async () => (await import("./settings-set.ts")).settingsSet,
  },
  {
    name: "audit list",
    positions: ["subject"],
    summary: "Lists who changed what, newest first.",
    load: async () => (await import("./audit-list.ts")).auditList,
  },
  {
    name: "backup",
    positions: ["file"],
    summary: "Writes everything that the panel knows into one file, while it runs.",
    load: async () => (await import("./backup.ts")).backup,
  },
  {
    name: "restore",
    positions: ["file"],
    summary: "Fills a new, empty panel with what a backup holds.",
    load: async () => (await import("./restore.ts")).restore,
  },
  {
    name: "secret show",
    summary: "Says which encryption key the database needs, since when, and whether it is here.",
    load: async () => (await import("./secret-show.ts")).secretShow,
  },
  {
    name: "secret rotate",
    summary: "Makes a new encryption key and seals everything anew, while the panel is stopped.",
    load: async () => (await import("./secret-rotate.ts")).secretRotate,
  },
  {
    name: "doctor",
    summary: "Checks everything that a healthy panel needs, and says what to do.",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  {
    name: "demo create",
    summary: "Makes the sandbox shop in an empty panel and prints its API key.",
    load: async () => (await import("./demo-create.ts")).demoCreate,
  },
  {
    name: "demo remove",
    summary: "Takes the sandbox shop away, with its customer, orders and money.",
    load: async () => (await import("./demo-remove.ts")).demoRemove,
  },
];

import type { ListedCommand } from "#cli/kit/command.ts";

/** Commands about providers, in the order in which help shows them. */
export const providerCommands: readonly ListedCommand[] = [
  {
    name: "provider add",
    summary: "Adds a provider.",
    load: async () => (await import("./provider-add.ts")).providerAdd,
  },
  {
    name: "provider set",
    positions: ["provider"],
    summary: "Changes how a provider is reached and dealt with.",
    load: async () => (await import("./provider-set.ts")).providerSet,
  },
  {
    name: "provider list",
    summary: "Lists the providers, how we stand with them and how they are set up.",
    load: async () => (await import("./provider-list.ts")).providerList,
  },
  {
    name: "provider test",
    positions: ["provider"],
    summary: "Asks a provider harmless questions and says how it was understood.",
    load: async () => (await import("./provider-test.ts")).providerTest,
  },
  {
    name: "provider balance",
    positions: ["provider"],
    summary: "Asks a provider for our balance there.",
    load: async () => (await import("./provider-balance.ts")).providerBalance,
  },
  {
    name: "provider log",
    summary: "Shows calls to providers with their answers, newest first; keys are masked.",
    load: async () => (await import("./provider-log.ts")).providerLog,
  },
  {
    name: "provider score",
    summary: "Shows how providers and their services did with our orders.",
    load: async () => (await import("./provider-score.ts")).providerScore,
  },
  {
    name: "provider hold",
    positions: ["provider"],
    summary: "Stops sending to a provider until panel provider release.",
    load: async () => (await import("./provider-hold.ts")).providerHold,
  },
  {
    name: "provider release",
    positions: ["provider"],
    summary: "Goes on sending to a provider that is held, for whatever reason.",
    load: async () => (await import("./provider-release.ts")).providerRelease,
  },
  {
    name: "provider import",
    positions: ["provider"],
    summary: "Puts a provider's services on sale, with a mark-up: as a plan, or at once.",
    load: async () => (await import("./provider-import.ts")).providerImport,
  },
  {
    name: "provider import-products",
    positions: ["provider"],
    summary: "Puts a provider's digital goods on sale with a mark-up, and brings them up to date.",
    load: async () => (await import("./provider-import-products.ts")).providerImportProducts,
  },
  {
    name: "provider sync",
    positions: ["provider"],
    summary: "Compares a provider's list with what is sold of it; makes a plan, or does one.",
    load: async () => (await import("./provider-sync.ts")).providerSync,
  },
  {
    name: "provider undo",
    positions: ["run"],
    summary: "Takes an import or a sync back.",
    load: async () => (await import("./provider-undo.ts")).providerUndo,
  },
  {
    name: "provider sync-log",
    summary: "Lists imports and syncs, or tells what one of them proposed and did.",
    load: async () => (await import("./provider-sync-log.ts")).providerSyncLog,
  },
  {
    name: "provider schedule",
    positions: ["provider"],
    summary: "Syncs a provider by the clock, doing what no brake stops.",
    load: async () => (await import("./provider-schedule.ts")).providerSchedule,
  },
  {
    name: "provider markup",
    positions: ["provider"],
    summary: "Tells a provider's mark-up, or sets another one and prices its services anew.",
    load: async () => (await import("./provider-markup.ts")).providerMarkup,
  },
  {
    name: "provider terms",
    positions: ["provider"],
    summary: "Tells or sets how a provider's list is read: types by other words, missing bounds.",
    load: async () => (await import("./provider-terms.ts")).providerTerms,
  },
];

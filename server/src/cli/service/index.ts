import type { ListedCommand } from "#cli/kit/command.ts";

/** Commands about services and their sources, in the order in which help shows them. */
export const serviceCommands: readonly ListedCommand[] = [
  {
    name: "service create",
    summary: "Puts a service on sale.",
    load: async () => (await import("./service-create.ts")).serviceCreate,
  },
  {
    name: "service list",
    summary: "Lists the services, in the order in which customers see them.",
    load: async () => (await import("./service-list.ts")).serviceList,
  },
  {
    name: "service measure",
    summary: "Measures now how services do; a worker does it every hour.",
    load: async () => (await import("./service-measure.ts")).serviceMeasure,
  },
  {
    name: "service set",
    positions: ["id"],
    summary: "Changes a service. Its type stays.",
    load: async () => (await import("./service-set.ts")).serviceSet,
  },
  {
    name: "service enable",
    positions: ["id"],
    summary: "Puts a disabled service on sale again.",
    load: async () => (await import("./service-enable.ts")).serviceEnable,
  },
  {
    name: "service disable",
    positions: ["id"],
    summary: "Takes a service off the list; its orders go on.",
    load: async () => (await import("./service-disable.ts")).serviceDisable,
  },
  {
    name: "service import",
    positions: ["file"],
    summary: "Puts a provider's service list on sale, with a mark-up.",
    load: async () => (await import("./service-import.ts")).serviceImport,
  },
  {
    name: "service below-cost",
    summary: "Lists whose agreed prices lie below cost, or below the margin on it.",
    load: async () => (await import("./service-below-cost.ts")).serviceBelowCost,
  },
  {
    name: "source add",
    positions: ["service"],
    summary: "Adds a further provider of a service.",
    load: async () => (await import("./source-add.ts")).sourceAdd,
  },
  {
    name: "source list",
    positions: ["service"],
    summary: "Lists who may deliver a service: its own provider first, then by position.",
    load: async () => (await import("./source-list.ts")).sourceList,
  },
  {
    name: "source set",
    positions: ["service"],
    summary: "Changes a further provider of a service.",
    load: async () => (await import("./source-set.ts")).sourceSet,
  },
  {
    name: "source remove",
    positions: ["service"],
    summary: "Takes a further provider from a service.",
    load: async () => (await import("./source-remove.ts")).sourceRemove,
  },
];

import { processRoles } from "#config.ts";
import type { ProcessRole } from "#config.ts";
import { ok } from "#values/result.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag, optional, UsageError } from "#cli/kit/option.ts";
import { countWithin, wordList } from "#cli/kit/readers.ts";

const processesMax = 256;

const roles = optional(
  "--roles <list>",
  `what it does: ${processRoles.join(",")} (all of them if left out)`,
  readRoles,
  ["--role <list>"],
);
const processes = optional(
  "--processes <number>",
  "how many processes answer API and web (1 if left out)",
  countWithin(1, processesMax),
);
const empty = flag("--empty", "leave an empty database empty: no sandbox shop");

export const start: CliCommand = {
  name: "start",
  summary: "Starts the panel and stays until it is told to end.",
  details: "The environment says where: PANEL_PORT, PANEL_HOST, PANEL_DATA, PANEL_DATABASE_URL, …",
  options: [roles, processes, empty],
  run: async (panel, given) => {
    await panel.outside.startPanel({
      roles: given(roles) ?? processRoles,
      processes: given(processes) ?? 1,
      isEmpty: given(empty),
    });
    return ok(undefined);
  },
};

function readRoles(typed: string): readonly ProcessRole[] {
  const words = wordList(typed);
  const found = processRoles.filter((role) => words.includes(role));
  const isKnown = words.every((word) => processRoles.some((role) => role === word));
  if (found.length === 0 || !isKnown) {
    throw new UsageError(`expected some of: ${processRoles.join(",")}`);
  }
  return found;
}

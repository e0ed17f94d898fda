import { releaseByOperator } from "#providers/upkeep/hold-by-operator.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { providerName } from "./provider-options.ts";
import { providerOf } from "#cli/kit/shared.ts";

export const providerRelease: CliCommand = {
  name: "provider release",
  summary: "Goes on sending to a provider that is held, for whatever reason.",
  options: [providerName],
  positions: [providerName],
  run: async (panel, given) => {
    const open = await panel.open();
    const found = await providerOf(open, given(providerName));
    if (!found.ok) return found;
    const { id, name } = found.value;
    const hold = await releaseByOperator(open.ctx, open.actor, id);
    const text =
      hold === undefined
        ? `${name} was not held.`
        : `${name} is sent to again; it was held because: ${hold.reason}`;
    return answer({ provider: id, held: false, was_held: hold?.kind ?? null }, text);
  },
};

import { releaseByOperator } from "#providers/hold-by-operator.ts";
import { answer } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";
import { providerName } from "#cli/provider-options.ts";
import { providerOf } from "#cli/shared.ts";

export const providerRelease: CliCommand = {
  name: "provider release",
  summary: "Goes on sending to a provider that is held, for whatever reason.",
  options: [providerName],
  positions: [providerName],
  run: async (desk, given) => {
    const open = await desk.open();
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

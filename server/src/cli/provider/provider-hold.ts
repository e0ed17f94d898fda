import { holdByOperator } from "#providers/upkeep/hold-by-operator.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { providerName } from "./provider-options.ts";
import { filledText } from "#cli/kit/readers.ts";
import { providerOf } from "#cli/kit/shared.ts";

const reason = optional("--reason <text>", "why, for whoever reads it later", filledText);

export const providerHold: CliCommand = {
  name: "provider hold",
  summary: "Stops sending to a provider until panel provider release.",
  details: "Orders wait for it meanwhile; those that it has are followed to their end.",
  options: [providerName, reason],
  positions: [providerName],
  run: async (panel, given) => {
    const open = await panel.open();
    const found = await providerOf(open, given(providerName));
    if (!found.ok) return found;
    const { id, name } = found.value;
    await holdByOperator(open.ctx, open.actor, id, given(reason) ?? "held by an operator");
    return answer({ provider: id, held: true }, `Nothing more is sent to ${name}.`);
  },
};

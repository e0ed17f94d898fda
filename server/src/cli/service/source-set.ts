import { changeSource } from "#catalog/change-source.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { UsageError } from "#cli/kit/option.ts";
import {
  sourceJson,
  sourceKey,
  sourcePosition,
  sourceProvider,
  sourceProviderService,
  sourceRate,
  sourceService,
  sourceStatus,
  sourceTerms,
} from "./source-options.ts";

export const sourceSet: CliCommand = {
  name: "source set",
  summary: "Changes a further provider of a service.",
  options: [
    sourceService,
    sourceProvider,
    sourceProviderService,
    sourceRate,
    sourcePosition,
    sourceStatus,
  ],
  positions: [sourceService],
  run: async (panel, given) => {
    const terms = sourceTerms(given);
    if (Object.keys(terms).length === 0) {
      throw new UsageError("nothing to change: give --rate, --position or --status");
    }
    const open = await panel.open();
    const key = await sourceKey(open, given);
    if (!key.ok) return key;
    const changed = await changeSource(open.ctx, open.actor, key.value, { kind: "set", terms });
    if (!changed.ok) return refuse(changed.refusal);
    const after = changed.value ?? { providerRate: undefined, position: 0, isEnabled: true };
    return answer(
      sourceJson(key.value, after),
      `The source is ${after.isEnabled ? "enabled" : "disabled"}, position ${after.position}.`,
    );
  },
};

import { changeSource } from "#catalog/change-source.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import {
  sourceJson,
  sourceKey,
  sourcePosition,
  sourceProvider,
  sourceProviderService,
  sourceRate,
  sourceService,
} from "./source-options.ts";

export const sourceAdd: CliCommand = {
  name: "source add",
  summary: "Adds a further provider of a service.",
  details:
    "It is asked only after a definite refusal, or while the ones before it are held or off; never\n" +
    "while it is not known whether another one took the order. With panel service set --routing\n" +
    "price the cheapest is asked first: then say its --rate.",
  options: [sourceService, sourceProvider, sourceProviderService, sourceRate, sourcePosition],
  positions: [sourceService],
  run: async (panel, given) => {
    const open = await panel.open();
    const key = await sourceKey(open, given);
    if (!key.ok) return key;
    const terms = {
      providerRate: given(sourceRate),
      position: given(sourcePosition) ?? 0,
      isEnabled: true,
    };
    const added = await changeSource(open.ctx, open.actor, key.value, { kind: "add", terms });
    if (!added.ok) return refuse(added.refusal);
    return answer(
      sourceJson(key.value, terms),
      `Service ${key.value.serviceId} may also be delivered by ${given(sourceProvider).trim()}.`,
    );
  },
};

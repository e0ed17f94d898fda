import { changeSource } from "#catalog/change-source.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import {
  sourceKey,
  sourceProvider,
  sourceProviderService,
  sourceService,
} from "./source-options.ts";

export const sourceRemove: CliCommand = {
  name: "source remove",
  summary: "Takes a further provider from a service.",
  details: "Orders that it has are followed to their end.",
  options: [sourceService, sourceProvider, sourceProviderService],
  positions: [sourceService],
  run: async (panel, given) => {
    const open = await panel.open();
    const key = await sourceKey(open, given);
    if (!key.ok) return key;
    const removed = await changeSource(open.ctx, open.actor, key.value, { kind: "remove" });
    if (!removed.ok) return refuse(removed.refusal);
    const { serviceId: service, providerId: provider, providerService } = key.value;
    return answer(
      { service, provider, provider_service: providerService, removed: true },
      `Service ${service} is no longer delivered by ${given(sourceProvider).trim()} as ${providerService}.`,
    );
  },
};

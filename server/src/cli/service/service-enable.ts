import { changeService } from "#catalog/change-service.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { serviceId } from "./service-id.ts";

export const serviceEnable: CliCommand = {
  name: "service enable",
  summary: "Puts a disabled service on sale again.",
  options: [serviceId],
  positions: [serviceId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const isEnabled = true;
    const changed = await changeService(ctx, actor, given(serviceId), () => ({ isEnabled }));
    if (!changed.ok) return refuse(changed.refusal);
    const service = changed.value.id;
    return answer({ service, status: "enabled" }, `Service ${service} is on sale.`);
  },
};

import { changeService } from "#catalog/change-service.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { serviceId } from "./service-id.ts";

export const serviceDisable: CliCommand = {
  name: "service disable",
  summary: "Takes a service off the list; its orders go on.",
  options: [serviceId],
  positions: [serviceId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const isEnabled = false;
    const changed = await changeService(ctx, actor, given(serviceId), () => ({ isEnabled }));
    if (!changed.ok) return refuse(changed.refusal);
    const service = changed.value.id;
    return answer({ service, status: "disabled" }, `Service ${service} is no longer on sale.`);
  },
};

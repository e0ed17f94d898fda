import { measuredDays, measureServices } from "#orders/reports/service-figures.ts";
import { sampleMin } from "#orders/reports/scoreboard.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";

export const serviceMeasure: CliCommand = {
  name: "service measure",
  summary: "Measures now how services do; a worker does it every hour.",
  details:
    `From the orders of the last ${measuredDays} days. A figure of fewer than ${sampleMin} is not told:\n` +
    "see panel service list --figures.",
  options: [],
  run: async (panel) => {
    const { ctx } = await panel.open();
    const services = await measureServices(ctx);
    return answer({ services, days: measuredDays }, `Measured ${services} services.`);
  },
};

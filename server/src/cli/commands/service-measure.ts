import { measuredDays, measureServices } from "#orders/measured.ts";
import { sampleMin } from "#orders/scoreboard.ts";
import { answer } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";

export const serviceMeasure: CliCommand = {
  name: "service measure",
  summary: "Measures now how services do; a worker does it every hour.",
  details:
    `From the orders of the last ${measuredDays} days. A figure of fewer than ${sampleMin} is not told:\n` +
    "see service list --figures.",
  options: [],
  run: async (desk) => {
    const { ctx } = await desk.open();
    const services = await measureServices(ctx);
    return answer({ services, days: measuredDays }, `Measured ${services} services.`);
  },
};

import { listServices } from "#catalog/catalog.sql.ts";
import { listFigures } from "#orders/reports/service-figures.sql.ts";
import { listProviders } from "#providers/providers.sql.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag, optional } from "#cli/kit/option.ts";
import { table } from "#cli/kit/output.ts";
import { filledText, oneOf } from "#cli/kit/readers.ts";
import { figuresJson, figuresTable } from "./figures-output.ts";
import { limitOption, money, serviceJson } from "#cli/kit/shared.ts";

const category = optional("--category <name>", "only of this category", filledText);
const provider = optional("--provider <name>", "only of this provider", filledText);
const status = optional(
  "--status <word>",
  "enabled or disabled",
  oneOf(["enabled", "disabled"] as const),
);
const limit = limitOption(100_000);
const figures = flag("--figures", "how they do, as measured of the orders of 90 days");

export const serviceList: CliCommand = {
  name: "service list",
  summary: "Lists the services, in the order in which customers see them.",
  options: [category, provider, status, figures, limit],
  run: async (panel, given) => {
    const { ctx } = await panel.open();
    const providers = new Map((await listProviders(ctx.db)).map((each) => [each.id, each]));
    const [wantedCategory, wantedProvider, wantedStatus] = [
      given(category)?.trim().toLowerCase(),
      given(provider)?.trim().toLowerCase(),
      given(status),
    ];
    const services = (await listServices(ctx.db))
      .filter(
        (service) =>
          (wantedCategory ?? service.category.toLowerCase()) === service.category.toLowerCase() &&
          (wantedProvider === undefined ||
            wantedProvider === providers.get(service.providerId)?.name.toLowerCase()) &&
          (wantedStatus === undefined || (wantedStatus === "enabled") === service.isEnabled),
      )
      .slice(0, given(limit));
    if (given(figures)) {
      const seen = await listFigures(ctx.db);
      return answer(
        services.map((service) => ({
          ...serviceJson(service, providers),
          figures: figuresJson(service.id, seen),
        })),
        figuresTable(services, seen),
      );
    }
    const rows = services.map((service) => [
      service.id,
      service.name,
      service.category,
      service.type,
      money(service.rate),
      service.min,
      service.max,
      [service.refill && "refill", service.cancel && "cancel", service.dripfeed && "dripfeed"]
        .filter((word) => word !== false)
        .join(" "),
      providers.get(service.providerId)?.name,
      service.isEnabled ? "enabled" : "disabled",
    ]);
    const headers = ["id>", "name", "category", "type", "rate>", "min>", "max>", ""];
    return answer(
      services.map((service) => serviceJson(service, providers)),
      table([...headers, "provider", "status"], rows, "No services."),
    );
  },
};

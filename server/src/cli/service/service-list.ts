import { viewServices } from "#views/catalog/service-list.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag, optional } from "#cli/kit/option.ts";
import { table } from "#cli/kit/output.ts";
import { filledText, oneOf } from "#cli/kit/readers.ts";
import { figuresTable } from "./figures-output.ts";
import { limitOption } from "#cli/kit/shared.ts";

const category = optional("--category <name>", "only of this category", filledText);
const provider = optional("--provider <name>", "only of this provider", filledText);
const status = optional(
  "--status <word>",
  "enabled or disabled",
  oneOf(["enabled", "disabled"] as const),
);
const search = optional("--search <text>", "only with this anywhere in their name", filledText);
const limit = limitOption(100_000);
const figures = flag("--figures", "how they do, as measured of the orders of 90 days");

export const serviceList: CliCommand = {
  name: "service list",
  summary: "Lists the services, in the order in which customers see them.",
  options: [category, provider, status, search, figures, limit],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const page = await viewServices(ctx, actor, {
      category: given(category)?.trim().toLowerCase(),
      provider: given(provider)?.trim().toLowerCase(),
      status: given(status),
      search: given(search),
      withFigures: given(figures),
      limit: given(limit),
    });
    if (!page.ok) return refuse(page.refusal);
    const services = page.value.rows;
    if (given(figures)) return answer(services, figuresTable(services));
    const rows = services.map((service) => [
      service.service,
      service.name,
      service.category,
      service.type,
      service.rate,
      service.min,
      service.max,
      [service.refill && "refill", service.cancel && "cancel", service.dripfeed && "dripfeed"]
        .filter((word) => word !== false)
        .join(" "),
      service.provider,
      service.status,
    ]);
    const headers = ["id>", "name", "category", "type", "rate>", "min>", "max>", ""];
    return answer(services, table([...headers, "provider", "status"], rows, "No services."));
  },
};

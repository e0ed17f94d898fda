import { viewSources } from "#views/catalog/source-list.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { table } from "#cli/kit/output.ts";
import { sourceService } from "./source-options.ts";

export const sourceList: CliCommand = {
  name: "source list",
  summary: "Lists who may deliver a service: its own provider first, then by position.",
  options: [sourceService],
  positions: [sourceService],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const found = await viewSources(ctx, actor, given(sourceService));
    if (found === undefined) return refuse({ code: "service_unknown" });
    const { routing, sources } = found;
    const rows = sources.map((source) => [
      source.provider,
      source.provider_service ?? "-",
      source.position,
      source.rate ?? "-",
      source.cost ?? "-",
      source.state,
    ]);
    const headers = ["provider", "its service", "position>", "its rate>", "cost>", "state"];
    const first = routing === "price" ? "the cheapest" : "the first of these";
    return answer(found, `Asked first is ${first}.\n${table(headers, rows, "none")}`);
  },
};

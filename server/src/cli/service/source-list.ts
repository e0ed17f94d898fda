import { findService } from "#catalog/catalog.sql.ts";
import { listSources } from "#catalog/sources.sql.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { table } from "#cli/kit/output.ts";
import { money } from "#cli/kit/shared.ts";
import { sourceService } from "./source-options.ts";
import { exchanged } from "#values/money.ts";

export const sourceList: CliCommand = {
  name: "source list",
  summary: "Lists who may deliver a service: its own provider first, then by position.",
  options: [sourceService],
  positions: [sourceService],
  run: async (panel, given) => {
    const { ctx } = await panel.open();
    const service = await findService(ctx.db, given(sourceService));
    if (service === undefined) return refuse({ code: "service_unknown" });
    const sources = (await listSources(ctx.db, [service.id])).map((source) => ({
      provider: source.alias,
      provider_service: source.providerService ?? null,
      position: source.isOwn ? "own" : source.position,
      rate: source.providerRate === undefined ? null : money(source.providerRate),
      cost:
        source.providerRate === undefined
          ? null
          : money(exchanged(source.providerRate, source.exchangeRate)),
      state: !source.isEnabled ? "disabled" : source.isHeld ? "held" : "open",
    }));
    const rows = sources.map((source) => [
      source.provider,
      source.provider_service ?? "-",
      source.position,
      source.rate ?? "-",
      source.cost ?? "-",
      source.state,
    ]);
    const headers = ["provider", "its service", "position>", "its rate>", "cost>", "state"];
    const first = service.routing === "price" ? "the cheapest" : "the first of these";
    return answer(
      { service: service.id, routing: service.routing, sources },
      `Asked first is ${first}.\n${table(headers, rows, "none")}`,
    );
  },
};

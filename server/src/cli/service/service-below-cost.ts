import { viewBelowCost } from "#views/catalog/below-cost.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { table } from "#cli/kit/output.ts";
import { limitOption } from "#cli/kit/shared.ts";

const limit = limitOption(1000);

export const serviceBelowCost: CliCommand = {
  name: "service below-cost",
  summary: "Lists whose agreed prices lie below cost, or below the margin on it.",
  details:
    "By custom rate, discount or list price. What they pay all the same is decided by the setting\n" +
    "below_margin and by panel service set --below-margin: raise, stop or allow.",
  options: [limit],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const json = await viewBelowCost(ctx, actor, { limit: given(limit) });
    const rows = json.map((each) => [
      each.email ?? "(list price)",
      each.service,
      each.name,
      each.agreed,
      each.cost,
      each.floor,
      each.pays ?? "not sold",
      each.below,
    ]);
    const headers = [
      "customer",
      "service>",
      "name",
      "agreed>",
      "cost>",
      "floor>",
      "pays>",
      "below",
    ];
    return answer(json, table(headers, rows, "Nobody buys below cost or margin."));
  },
};

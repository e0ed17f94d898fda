import { listProviders } from "#providers/providers.sql.ts";
import { answer } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";
import { table } from "#cli/output.ts";

export const providerList: CliCommand = {
  name: "provider list",
  summary: "Lists the providers.",
  options: [],
  run: async (desk) => {
    const { ctx } = await desk.open();
    // Without the settings: they may hold what only the panel should know.
    const providers = (await listProviders(ctx.db)).map((provider) => ({
      provider: provider.id,
      name: provider.name,
      alias: provider.alias,
      connector: provider.connector,
      status: provider.isEnabled ? "enabled" : "disabled",
    }));
    const rows = providers.map((each) => [each.provider, each.name, each.connector, each.status]);
    return answer(providers, table(["id>", "name", "connector", "status"], rows, "No providers."));
  },
};

import { viewProviders } from "#views/providers/provider-list.ts";
import type { ProviderListRow } from "#views/providers/provider-list.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { table } from "#cli/kit/output.ts";

export const providerList: CliCommand = {
  name: "provider list",
  summary: "Lists the providers, how we stand with them and how they are set up.",
  options: [],
  run: async (panel) => {
    const { ctx, actor } = await panel.open();
    const providers = await viewProviders(ctx, actor);
    const headers = [
      "id>",
      "name",
      "connector",
      "status",
      "balance>",
      "held",
      "answers",
      "address",
    ];
    return answer(providers, table(headers, providers.map(rowOf), "No providers."));
  },
};

function wordsOf(answers: ProviderListRow["answers"]): string | undefined {
  const {
    trouble,
    unread_orders: unread,
    unclear_costs: costs,
    unknown_refills: refills,
  } = answers;
  const parts = [
    ...(trouble === null ? [] : [trouble]),
    ...(unread === 0 ? [] : [`${unread} orders not understood`]),
    ...(costs === 0 ? [] : [`${costs} costs not booked`]),
    ...(refills === 0 ? [] : [`${refills} refills at an unknown word`]),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}

function rowOf(provider: ProviderListRow): (string | number | undefined)[] {
  const { held, balance } = provider;
  const currency = provider.balance_currency ?? provider.currency ?? "";
  return [
    provider.provider,
    provider.name,
    provider.connector,
    provider.status,
    balance === null ? undefined : `${balance} ${currency}`.trim(),
    held === null ? undefined : `${held.kind}: ${held.reason}`,
    wordsOf(provider.answers),
    provider.url ?? undefined,
  ];
}

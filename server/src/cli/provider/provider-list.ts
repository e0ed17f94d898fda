import { countUnclearByProvider } from "#orders/desk.sql.ts";
import { countUnknownRefills } from "#orders/requests/unknown-words.sql.ts";
import { findPollRest, troubleWithAnswers } from "#providers/poll-rests.sql.ts";
import { findProviderState } from "#providers/provider-states.sql.ts";
import type { ProviderState } from "#providers/provider-states.sql.ts";
import { listProviders } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { table } from "#cli/kit/output.ts";
import { money } from "#cli/kit/shared.ts";

export const providerList: CliCommand = {
  name: "provider list",
  summary: "Lists the providers, how we stand with them and how they are set up.",
  options: [],
  run: async (panel) => {
    const { ctx } = await panel.open();
    const providers = await listProviders(ctx.db);
    const states = await Promise.all(providers.map(({ id }) => findProviderState(ctx.db, id)));
    const unclear = await countUnclearByProvider(ctx.db);
    const refills = await countUnknownRefills(ctx.db);
    const answers = await Promise.all(
      providers.map(async ({ id }) => ({
        trouble: troubleWithAnswers(await findPollRest(ctx.db, id)) ?? null,
        unread_orders: unclear.get(id)?.unread ?? 0,
        unclear_costs: unclear.get(id)?.costs ?? 0,
        unknown_refills: refills.get(id) ?? 0,
      })),
    );
    const rows = providers.map((each, index) => rowOf(each, states[index], answers[index]));
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
    return answer(
      providers.map((each, index) => ({ ...jsonOf(each, states[index]), answers: answers[index] })),
      table(headers, rows, "No providers."),
    );
  },
};

/** How far what a provider says is understood. */
type Answers = {
  readonly trouble: string | null;
  readonly unread_orders: number;
  readonly unclear_costs: number;
  readonly unknown_refills: number;
};

function wordsOf(answers: Answers | undefined): string | undefined {
  if (answers === undefined) return undefined;
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

function rowOf(
  provider: Provider,
  state: ProviderState | undefined,
  answers: Answers | undefined,
): (string | number | undefined)[] {
  const { hold, balance, balanceCurrency } = state ?? {};
  const currency = balanceCurrency ?? provider.currency ?? "";
  return [
    provider.id,
    provider.name,
    provider.connector,
    provider.isEnabled ? "enabled" : "disabled",
    balance === undefined ? undefined : `${money(balance)} ${currency}`.trim(),
    hold === undefined ? undefined : `${hold.kind}: ${hold.reason}`,
    wordsOf(answers),
    provider.baseUrl,
  ];
}

function jsonOf(provider: Provider, state: ProviderState | undefined): Record<string, unknown> {
  const { hold, balance } = state ?? {};
  return {
    provider: provider.id,
    name: provider.name,
    alias: provider.alias,
    connector: provider.connector,
    status: provider.isEnabled ? "enabled" : "disabled",
    url: provider.baseUrl ?? null,
    has_key: provider.sealedKey !== undefined,
    currency: provider.currency ?? null,
    exchange_rate: money(provider.exchangeRate),
    timeout_seconds: provider.timeoutMs / 1000,
    rps: provider.requestsPerSecond,
    parallel: provider.parallelCalls,
    low_balance: provider.lowBalance === undefined ? null : money(provider.lowBalance),
    private: provider.isPrivate,
    settings: provider.settings,
    held:
      hold === undefined
        ? null
        : { kind: hold.kind, reason: hold.reason, since: hold.since, probe: hold.probeAt ?? null },
    failures: state?.failures ?? 0,
    balance: balance === undefined ? null : money(balance),
    balance_currency: state?.balanceCurrency ?? null,
    balance_at: state?.balanceAt ?? null,
    balance_low:
      provider.lowBalance !== undefined && balance !== undefined && balance < provider.lowBalance,
  };
}

import { findProviderState } from "#providers/provider-states.sql.ts";
import type { ProviderState } from "#providers/provider-states.sql.ts";
import { listProviders } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { answer } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";
import { table } from "#cli/output.ts";
import { money } from "#cli/shared.ts";

export const providerList: CliCommand = {
  name: "provider list",
  summary: "Lists the providers, how we stand with them and how they are set up.",
  options: [],
  run: async (desk) => {
    const { ctx } = await desk.open();
    const providers = await listProviders(ctx.db);
    const states = await Promise.all(providers.map(({ id }) => findProviderState(ctx.db, id)));
    const rows = providers.map((each, index) => rowOf(each, states[index]));
    const headers = ["id>", "name", "connector", "status", "balance>", "held", "address"];
    return answer(
      providers.map((each, index) => jsonOf(each, states[index])),
      table(headers, rows, "No providers."),
    );
  },
};

function rowOf(
  provider: Provider,
  state: ProviderState | undefined,
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

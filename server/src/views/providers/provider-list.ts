import type { Context } from "#database/context.ts";
import { countUnclearByProvider } from "#orders/desk.sql.ts";
import { countUnknownRefills } from "#orders/requests/unknown-words.sql.ts";
import { findPollRest, troubleWithAnswers } from "#providers/poll-rests.sql.ts";
import { findProviderState } from "#providers/provider-states.sql.ts";
import type { ProviderState } from "#providers/provider-states.sql.ts";
import { listProviders } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { money, moneyOrNull } from "#views/spelling.ts";

export type ProviderListRow = Awaited<ReturnType<typeof viewProviders>>[number];

/**
 * The providers, their standing with us and their set-up. `answers` says how well their answers are
 * understood. Keys are never included.
 */
export async function viewProviders(ctx: Context, actor: Actor) {
  authorize(actor, "providers.read");
  const providers = await listProviders(ctx.db);
  const unclear = await countUnclearByProvider(ctx.db);
  const refills = await countUnknownRefills(ctx.db);
  return Promise.all(
    providers.map(async (provider) => {
      const { id } = provider;
      return {
        ...providerRecord(provider, await findProviderState(ctx.db, id)),
        answers: {
          trouble: troubleWithAnswers(await findPollRest(ctx.db, id)) ?? null,
          unread_orders: unclear.get(id)?.unread ?? 0,
          unclear_costs: unclear.get(id)?.costs ?? 0,
          unknown_refills: refills.get(id) ?? 0,
        },
      };
    }),
  );
}

function providerRecord(provider: Provider, { hold, balance, ...state }: ProviderState) {
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
    low_balance: moneyOrNull(provider.lowBalance),
    private: provider.isPrivate,
    settings: provider.settings,
    held:
      hold === undefined
        ? null
        : { kind: hold.kind, reason: hold.reason, since: hold.since, probe: hold.probeAt ?? null },
    failures: state.failures,
    balance: moneyOrNull(balance),
    balance_currency: state.balanceCurrency ?? null,
    balance_at: state.balanceAt ?? null,
    balance_low:
      provider.lowBalance !== undefined && balance !== undefined && balance < provider.lowBalance,
  };
}

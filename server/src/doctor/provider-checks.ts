import type { Context } from "#database/context.ts";
import { countOpenDeskEntries, countUnclearByProvider } from "#orders/desk.sql.ts";
import { countUnknownRefills } from "#orders/requests/unknown-words.sql.ts";
import { findPollRest, troubleWithAnswers } from "#providers/poll-rests.sql.ts";
import { knownCurrencyDoubt } from "#providers/upkeep/check-currency.ts";
import { findProviderState } from "#providers/provider-states.sql.ts";
import { listProviders } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { formatAmount } from "#values/money.ts";
import { fine, warn } from "./check.ts";
import type { Finding } from "./check.ts";

/**
 * Checks providers: whether orders wait because one is held, where our balance runs low, whose
 * answers are not understood, and whose prices cannot be counted because it names another currency
 * than it is set up in.
 */
export async function checkProviders(ctx: Context): Promise<Finding> {
  const name = "providers";
  const all = await listProviders(ctx.db);
  const enabled = all.filter(({ isEnabled }) => isEnabled);
  const unclear = await countUnclearByProvider(ctx.db);
  const refills = await countUnknownRefills(ctx.db);
  const troubles = await Promise.all([
    ...enabled.map((provider) => troubleOf(ctx, provider)),
    // Providers that are switched off are still asked about the orders that they have.
    ...all.map((provider) =>
      troubleWith(ctx, provider, {
        ...unclear.get(provider.id),
        refills: refills.get(provider.id) ?? 0,
      }),
    ),
    ...enabled.map((provider) => otherCurrency(ctx, provider)),
  ]);
  const said = troubles.filter((trouble) => trouble !== undefined);
  if (said.length === 0) return fine(name, `${enabled.length} enabled, none held`);
  return warn(name, said.join("; "), "See: panel provider list, panel provider log.");
}

async function troubleOf(ctx: Context, provider: Provider): Promise<string | undefined> {
  const { hold, balance } = await findProviderState(ctx.db, provider.id);
  if (hold !== undefined) return `${provider.alias} is held (${hold.kind}): ${hold.reason}`;
  const { lowBalance } = provider;
  if (balance === undefined || lowBalance === undefined || balance >= lowBalance) return undefined;
  const mark = formatAmount(lowBalance, 2);
  return `${provider.alias} has ${formatAmount(balance, 2)} left, below the mark of ${mark}`;
}

/** What is wrong with a provider's answers. */
async function troubleWith(
  ctx: Context,
  { id, alias }: Provider,
  unclear: { readonly unread?: number; readonly costs?: number; readonly refills?: number },
): Promise<string | undefined> {
  const { unread = 0, costs = 0, refills = 0 } = unclear;
  const trouble = troubleWithAnswers(await findPollRest(ctx.db, id));
  const parts = [
    ...(trouble === undefined ? [] : [trouble]),
    ...(unread === 0 ? [] : [`of ${unread} orders its answers are not understood`]),
    ...(costs === 0 ? [] : [`of ${costs} orders its charges were not booked`]),
    ...(refills === 0 ? [] : [`of ${refills} refills its word is not known (refill_words)`]),
  ];
  return parts.length === 0 ? undefined : `${alias}: ${parts.join(", ")}`;
}

/**
 * A provider that names another currency than the one decided on: every cost of it would be wrong.
 */
async function otherCurrency(ctx: Context, provider: Provider): Promise<string | undefined> {
  const doubt = await knownCurrencyDoubt(ctx.db, provider);
  if (doubt === undefined) return undefined;
  return (
    `${provider.alias} counts in ${doubt.said} and is set up in ${doubt.expected}: nothing of it is ` +
    "imported or synced (panel provider set --currency, --exchange-rate)"
  );
}

/** Checks whether orders wait for a decision of staff. */
export async function checkDesk(ctx: Context): Promise<Finding> {
  const waiting = await countOpenDeskEntries(ctx.db);
  if (waiting.length === 0) return fine("desk", "nothing waits for a decision");
  const counts = waiting.map(({ reason, entries }) => `${entries} ${reason.replaceAll("_", " ")}`);
  return warn("desk", `Orders wait: ${counts.join(", ")}`, "See: panel order desk.");
}

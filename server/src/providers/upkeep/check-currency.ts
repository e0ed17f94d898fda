import type { Context } from "#database/context.ts";
import type { Queryable } from "#database/statement.ts";
import { readSettings } from "#settings/settings.ts";
import { currencyDoubt, currencyOf, isConverted } from "#providers/currency.ts";
import type { CurrencyDoubt } from "#providers/currency.ts";
import { fetchBalance } from "./fetch-balance.ts";
import { acceptCurrency, findProviderState } from "#providers/provider-states.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";

export type CurrencyRefusal = {
  readonly code: "provider_currency_doubtful";
  readonly name: string;
} & CurrencyDoubt;

/**
 * Asks a provider for our balance and says where its prices cannot be counted, because it names
 * another currency than the one decided on. A provider that does not answer is judged by the
 * currency it named last, and one that has never named any is believed. One foreign call: outside
 * every transaction.
 */
export async function checkCurrency(
  ctx: Context,
  provider: Provider,
): Promise<CurrencyRefusal | undefined> {
  await fetchBalance(ctx, provider);
  const { balanceCurrency, acceptedCurrency } = await findProviderState(ctx.db, provider.id);
  const isFirstWord = balanceCurrency !== undefined && acceptedCurrency === undefined;
  // The currency that the exchange rate is for, if nobody has named it.
  if (isFirstWord && isConverted(provider)) await acceptCurrency(ctx.db, provider.id);
  const doubt = await knownCurrencyDoubt(ctx.db, provider);
  return doubt && { code: "provider_currency_doubtful", name: provider.name, ...doubt };
}

/** The same by the currency that the provider named last, without asking. */
export async function knownCurrencyDoubt(
  db: Queryable,
  provider: Provider,
): Promise<CurrencyDoubt | undefined> {
  const { balanceCurrency, acceptedCurrency } = await findProviderState(db, provider.id);
  const { currency } = await readSettings(db);
  return currencyDoubt(provider, balanceCurrency, acceptedCurrency, currency);
}

/**
 * The currency that a provider's sums are in: the one it is set up in, or else the one an exchange
 * rate was given for, or the panel's.
 */
export async function countedCurrency(
  db: Queryable,
  { id, currency }: Provider,
  panelCurrency: string,
): Promise<string> {
  if (currency !== undefined) return currency;
  const { acceptedCurrency } = await findProviderState(db, id);
  return acceptedCurrency === undefined ? panelCurrency : currencyOf(acceptedCurrency);
}

import { one } from "#values/money.ts";
import type { Provider } from "./providers.sql.ts";

/** The currency that a provider names, where it is not the one it is set up in. */
export type CurrencyDoubt = { readonly said: string; readonly expected: string };

/**
 * What signs and common misspellings stand for; a bare dollar stands for the most valuable one of
 * that name.
 */
const signs: Readonly<Record<string, string>> = {
  $: "USD",
  US$: "USD",
  "€": "EUR",
  "£": "GBP",
  "₽": "RUB",
  RUR: "RUB",
  "₺": "TRY",
  TL: "TRY",
  "₹": "INR",
  "₫": "VND",
  VNĐ: "VND",
};

/**
 * Whether prices of this provider cannot be counted. `undefined` means that they can: it names the
 * currency it is set up in, or none, or the one for which an operator has decided what it counts in
 * (`accepted`). With an exchange rate and no currency, the first one it names is taken.
 */
export function currencyDoubt(
  provider: Pick<Provider, "currency" | "exchangeRate">,
  said: string | undefined,
  accepted: string | undefined,
  panelCurrency: string,
): CurrencyDoubt | undefined {
  if (said === undefined || said === accepted) return undefined;
  if (!isConverted(provider)) return otherCurrency(provider, said, panelCurrency);
  return accepted === undefined ? undefined : { said, expected: accepted };
}

/**
 * The other currency that a provider names than the one it is set up in, whatever was decided about
 * it.
 */
export function otherCurrency(
  provider: Pick<Provider, "currency">,
  said: string | undefined,
  panelCurrency: string,
): CurrencyDoubt | undefined {
  const expected = provider.currency ?? panelCurrency;
  if (said === undefined || isSameCurrency(said, expected)) return undefined;
  return { said, expected };
}

/** True where an exchange rate was given without the currency that it is for. */
export function isConverted(provider: Pick<Provider, "currency" | "exchangeRate">): boolean {
  return provider.currency === undefined && provider.exchangeRate !== one;
}

function isSameCurrency(a: string, b: string): boolean {
  return currencyOf(a) === currencyOf(b);
}

/** The currency that a provider's word for it means. */
export function currencyOf(word: string): string {
  return signs[word] ?? word;
}

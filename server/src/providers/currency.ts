import { one } from "#values/money.ts";
import type { Provider } from "./providers.sql.ts";

/** What a provider says that it counts in, where that is not what it is set up in. */
export type CurrencyDoubt = { readonly said: string; readonly expected: string };

/** Signs and usual misspellings for what they mean; a bare dollar is the dearest of its name. */
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
 * Whether prices of this provider can be counted: `undefined` where it names the currency that it is
 * set up in, or none, or one with which an operator has decided what it counts in (`accepted`). With
 * an exchange rate and no currency its first word is taken.
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

/** Where it names another currency than it is set up in, whatever was decided about that. */
export function otherCurrency(
  provider: Pick<Provider, "currency">,
  said: string | undefined,
  panelCurrency: string,
): CurrencyDoubt | undefined {
  const expected = provider.currency ?? panelCurrency;
  if (said === undefined || isSameCurrency(said, expected)) return undefined;
  return { said, expected };
}

/** True where somebody gave an exchange rate and no name for what it is of. */
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

import type { ServiceId } from "#values/ids.ts";
import { effectiveRate, percentOf, unitsPerOne } from "#values/money.ts";
import type { Amount, EffectiveRate } from "#values/money.ts";

/** A customer's own price of one service: an amount of its own, or per cent of the list price. */
export type CustomRate =
  | { readonly kind: "fixed"; readonly rate: Amount }
  | { readonly kind: "percent"; readonly percent: Amount };

/** What sets a customer's prices apart from the list. */
export type CustomerPrices = {
  /** Taken off every list price; per cent on the scale of `Amount`, 0 to 100. */
  readonly discountPercent: Amount;
  readonly customRates: ReadonlyMap<ServiceId, CustomRate>;
  /** Counts the changes of these prices. */
  readonly version: number;
};

/**
 * The one place where a price is made: the list, the form, the API and the charge all take it. A
 * custom rate replaces the discount. Rounded up to 5 decimals, once.
 */
export function priceFor(
  service: { readonly id: ServiceId; readonly rate: Amount },
  prices: CustomerPrices,
): EffectiveRate {
  const custom = prices.customRates.get(service.id);
  if (custom?.kind === "fixed") return effectiveRate(custom.rate);
  if (custom?.kind === "percent") return effectiveRate(percentOf(service.rate, custom.percent));
  const kept = 100n * unitsPerOne - prices.discountPercent;
  return effectiveRate(percentOf(service.rate, kept));
}

import type { ServiceId } from "#values/ids.ts";
import { effectiveRate, lowestRate, percentOf, unitsPerOne } from "#values/money.ts";
import type { Amount, EffectiveRate } from "#values/money.ts";
import type { CustomRate } from "./custom-rate.ts";

/** What makes a customer's prices differ from the list. */
export type CustomerPrices = {
  /** Taken off every list price; per cent on the scale of `Amount`, 0 to 100. */
  readonly discountPercent: Amount;
  readonly customRates: ReadonlyMap<ServiceId, CustomRate>;
  /** Counts the changes of these prices. */
  readonly version: number;
};

/** What happens to a sale below the margin: a higher price, no sale, or the loss is accepted. */
export const marginPolicies = ["raise", "stop", "allow"] as const;
export type MarginPolicy = (typeof marginPolicies)[number];

/** The margin of every service without one of its own. */
export type PanelMargin = { readonly percent: Amount; readonly belowMargin: MarginPolicy };

/** What a price is made from. */
export type PricedService = {
  readonly id: ServiceId;
  readonly rate: Amount;
  /** What we pay, in the panel's currency; `undefined` where nobody knows. */
  readonly cost: Amount | undefined;
  readonly marginPercent: Amount | undefined;
  readonly belowMargin: MarginPolicy | undefined;
};

/**
 * The one place where a price is made: the list, the form, the API and the charge all use it.
 * `undefined`: not sold to this customer, because the price would lie below the margin.
 */
export function priceFor(
  service: PricedService,
  prices: CustomerPrices,
  margin: PanelMargin,
): EffectiveRate | undefined {
  return aboveMargin(service, agreedRate(service, prices), margin);
}

/** What an agreed price becomes where the cost is known; `undefined`: not sold. */
export function aboveMargin(
  item: Pick<PricedService, "cost" | "marginPercent" | "belowMargin">,
  agreed: EffectiveRate,
  margin: PanelMargin,
): EffectiveRate | undefined {
  const floor = floorRate(item, margin);
  if (floor === undefined || agreed >= floor) return agreed;
  switch (item.belowMargin ?? margin.belowMargin) {
    case "raise":
      return floor;
    case "stop":
      return undefined;
    case "allow":
      return agreed;
  }
}

/**
 * The price that the customer's terms alone make of the list price. A custom rate replaces the
 * discount. Rounded up to 5 decimals, once.
 */
export function agreedRate(
  service: { readonly id: ServiceId; readonly rate: Amount },
  prices: CustomerPrices,
): EffectiveRate {
  const custom = prices.customRates.get(service.id);
  if (custom?.kind === "fixed") return effectiveRate(custom.rate);
  if (custom?.kind === "percent") return effectiveRate(percentOf(service.rate, custom.percent));
  const kept = 100n * unitsPerOne - prices.discountPercent;
  return effectiveRate(percentOf(service.rate, kept));
}

/** The lowest rate that leaves the margin; `undefined` where the cost is not known. */
export function floorRate(
  service: Pick<PricedService, "cost" | "marginPercent">,
  margin: PanelMargin,
): EffectiveRate | undefined {
  if (service.cost === undefined) return undefined;
  return lowestRate(service.cost, service.marginPercent ?? margin.percent);
}

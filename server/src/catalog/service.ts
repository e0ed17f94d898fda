import type { CategoryId, ProviderId, ServiceId } from "#values/ids.ts";
import { formatAmount, unitsPerOne } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { quantityMax } from "#values/quantity.ts";
import type { Followable } from "./follows.ts";
import { checkMarkUp, markUpJson } from "./mark-up.ts";
import type { MarkUp } from "./mark-up.ts";
import type { MarginPolicy } from "./price.ts";
import { checkRefillTerms, refillTermsJson } from "./refill-terms.ts";
import type { RefillTerms, RefillTermsRefusal } from "./refill-terms.ts";

/** A thing we sell, as the operator set it up. */
export type Service = {
  readonly id: ServiceId;
  readonly categoryId: CategoryId;
  readonly category: string;
  readonly name: string;
  /**
   * The wire name of its type, such as `Custom Comments`; the caller that makes the service checks
   * it.
   */
  readonly type: string;
  /** The list price of 1000 (of one order for the Package types), before any discount. */
  readonly rate: Amount;
  readonly min: number;
  readonly max: number;
  readonly refill: boolean;
  readonly cancel: boolean;
  readonly dripfeed: boolean;
  /** True: drip-feeds and subscriptions go to the provider whole. False: this panel runs them. */
  readonly runsUpstream: boolean;
  readonly description: string;
  readonly isEnabled: boolean;
  readonly providerId: ProviderId;
  readonly providerService: string | undefined;
  /** The provider's price of 1000 (of one order for the Package types) in its own currency. */
  readonly providerRate: Amount | undefined;
  /** The same in the panel's currency, at the provider's exchange rate. */
  readonly cost: Amount | undefined;
  /** Which of its providers is asked first. */
  readonly routing: "preference" | "price";
  /** What it takes over from its provider's list; the rest is the operator's. */
  readonly follows: readonly Followable[];
  /** Its own mark-up in place of its provider's. */
  readonly markUp: MarkUp | undefined;
  /** What its provider's list says of it: all but `listed` may have switched it off. */
  readonly listing: Listing;
  /** Its own margin in place of the panel's; per cent above cost. */
  readonly marginPercent: Amount | undefined;
  readonly belowMargin: MarginPolicy | undefined;
  readonly refillTerms: RefillTerms;
  /** From placing to Completed, as measured; `undefined` where too few orders were seen. */
  readonly averageSeconds: number | undefined;
  readonly version: number;
};

/**
 * `gone`: no longer in the provider's list; `unpriced`: there without a usable price; `unfit`: there
 * without a usable bound that the service follows; `withdrawn`: the import that brought it was undone.
 */
export type Listing = "listed" | "gone" | "unpriced" | "unfit" | "withdrawn";

export type ServiceRefusal =
  | { readonly code: "service_name_invalid" }
  | { readonly code: "category_invalid" }
  | { readonly code: "rate_invalid"; readonly expected: string }
  | { readonly code: "bounds_invalid"; readonly expected: string }
  | { readonly code: "margin_invalid" }
  | { readonly code: "markup_invalid" }
  | RefillTermsRefusal;

export const nameLengthMax = 1000;
export const categoryLengthMax = 500;
/** The highest rate: a thousand pieces at this rate still cost less than the highest charge. */
export const rateMax = 1_000_000_000_000n * unitsPerOne;

const marginPercentMax = 999n * unitsPerOne;

/** What prevents a service from being sold; `undefined` where nothing does. */
export function checkService(
  service: Pick<Service, "name" | "category" | "rate" | "min" | "max"> &
    Partial<Pick<Service, "marginPercent" | "markUp" | "refillTerms">>,
): ServiceRefusal | undefined {
  const name = service.name.trim();
  if (name === "" || name.length > nameLengthMax) return { code: "service_name_invalid" };
  if (!isCategory(service.category)) return { code: "category_invalid" };
  // Nothing is sold for free: a missing price must not become a price of zero.
  if (service.rate <= 0n || service.rate > rateMax) {
    return { code: "rate_invalid", expected: "more than 0, at most 10^12" };
  }
  if (service.min < 1 || service.min > service.max || service.max > quantityMax) {
    return { code: "bounds_invalid", expected: "1 ≤ min ≤ max ≤ 2^53-1" };
  }
  const { marginPercent, markUp } = service;
  if (marginPercent !== undefined && (marginPercent < 0n || marginPercent > marginPercentMax)) {
    return { code: "margin_invalid" };
  }
  const checked = markUp && checkMarkUp(markUp);
  if (checked?.ok === false) return checked.refusal;
  return service.refillTerms && checkRefillTerms(service.refillTerms);
}

/** True for a text that can be a category's name. */
export function isCategory(text: string): boolean {
  const name = text.trim();
  return name !== "" && name.length <= categoryLengthMax;
}

/** A service as the audit keeps it: amounts as decimals. */
export function auditedService(
  service: Pick<Service, "rate" | "providerRate"> & Partial<Service>,
): Readonly<Record<string, unknown>> {
  // The cost follows from the provider's rate and its exchange rate.
  const { cost: _, averageSeconds: _measured, ...kept } = service;
  const { providerRate, marginPercent, markUp, refillTerms } = service;
  return {
    ...kept,
    rate: formatAmount(service.rate, 2),
    providerRate: providerRate === undefined ? undefined : formatAmount(providerRate, 2),
    marginPercent: marginPercent === undefined ? undefined : formatAmount(marginPercent, 0),
    markUp: markUp && markUpJson(markUp),
    refillTerms: refillTerms && refillTermsJson(refillTerms),
  };
}

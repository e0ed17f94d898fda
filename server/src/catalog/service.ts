import type { CategoryId, ProviderId, ServiceId } from "#values/ids.ts";
import { formatAmount, unitsPerOne } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { quantityMax } from "#values/quantity.ts";

/** A thing we sell, as the operator set it up. */
export type Service = {
  readonly id: ServiceId;
  readonly categoryId: CategoryId;
  readonly category: string;
  readonly name: string;
  /** The wire name of its type, such as `Custom Comments`; checked by whoever makes the service. */
  readonly type: string;
  /** The list price of 1000 (of one order for the Package types), before any discount. */
  readonly rate: Amount;
  readonly min: number;
  readonly max: number;
  readonly refill: boolean;
  readonly cancel: boolean;
  readonly dripfeed: boolean;
  readonly description: string;
  readonly isEnabled: boolean;
  readonly providerId: ProviderId;
  readonly providerService: string | undefined;
  /** The provider's price of 1000 in the panel's currency, as far as known. */
  readonly providerRate: Amount | undefined;
  readonly version: number;
};

export type ServiceRefusal =
  | { readonly code: "service_name_invalid" }
  | { readonly code: "category_invalid" }
  | { readonly code: "rate_invalid"; readonly expected: string }
  | { readonly code: "bounds_invalid"; readonly expected: string }
  | { readonly code: "provider_service_taken"; readonly providerService: string };

export const nameLengthMax = 1000;
export const categoryLengthMax = 500;
/** The highest rate: a thousand pieces at it still stay below the highest charge. */
export const rateMax = 1_000_000_000_000n * unitsPerOne;

/** What keeps a service from being sold; `undefined` where nothing does. */
export function checkService(
  service: Pick<Service, "name" | "category" | "rate" | "min" | "max">,
): ServiceRefusal | undefined {
  const name = service.name.trim();
  if (name === "" || name.length > nameLengthMax) return { code: "service_name_invalid" };
  const category = service.category.trim();
  if (category === "" || category.length > categoryLengthMax) return { code: "category_invalid" };
  // Never sold for nothing: a missing price must not become one.
  if (service.rate <= 0n || service.rate > rateMax) {
    return { code: "rate_invalid", expected: "more than 0, at most 10^12" };
  }
  if (service.min < 1 || service.min > service.max || service.max > quantityMax) {
    return { code: "bounds_invalid", expected: "1 ≤ min ≤ max ≤ 2^53-1" };
  }
  return undefined;
}

/** A service as the audit keeps it: amounts as decimals. */
export function auditedService(
  service: Pick<Service, "rate" | "providerRate">,
): Readonly<Record<string, unknown>> {
  return {
    ...service,
    rate: formatAmount(service.rate, 2),
    providerRate:
      service.providerRate === undefined ? undefined : formatAmount(service.providerRate, 2),
  };
}

import type { Amount } from "#values/money.ts";
import type { ListedService } from "./read-service-list.ts";
import type { Listing, Service } from "#catalog/service.ts";

/** What a run can change of a service. */
export type Offer = {
  readonly name: string;
  readonly category: string;
  readonly description: string;
  readonly rate: Amount;
  /** In the provider's currency. */
  readonly providerRate: Amount | undefined;
  readonly min: number;
  readonly max: number;
  readonly refill: boolean;
  readonly cancel: boolean;
  readonly dripfeed: boolean;
  readonly isEnabled: boolean;
  readonly listing: Listing;
};

/** What the list says, before anything is made of it. */
export function listedOffer(
  listed: ListedService,
): Omit<Offer, "rate" | "description" | "isEnabled" | "listing"> {
  return {
    name: listed.name,
    category: listed.category,
    providerRate: listed.cost,
    min: listed.min,
    max: listed.max,
    refill: listed.refill,
    cancel: listed.cancel,
    dripfeed: listed.dripfeed,
  };
}

/** A service as a run sees it. */
export function offerOfService(service: Service): Offer {
  const { name, category, description, rate, providerRate, min, max } = service;
  const { refill, cancel, dripfeed, isEnabled, listing } = service;
  return {
    name,
    category,
    description,
    rate,
    providerRate,
    min,
    max,
    refill,
    cancel,
    dripfeed,
    isEnabled,
    listing,
  };
}

const offerFields = [
  "name",
  "category",
  "description",
  "rate",
  "providerRate",
  "min",
  "max",
  "refill",
  "cancel",
  "dripfeed",
  "isEnabled",
  "listing",
] as const satisfies readonly (keyof Offer)[];

/** True where two offers say the same. */
export function isSameOffer(a: Offer, b: Offer): boolean {
  return offerFields.every((field) => a[field] === b[field]);
}

/** The fields of two offers that differ. */
export function changedFields(a: Offer, b: Offer): (keyof Offer)[] {
  return offerFields.filter((field) => a[field] !== b[field]);
}

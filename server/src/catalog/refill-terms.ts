import type { ServiceId } from "#values/ids.ts";

export const refillWays = ["provider", "order", "hand"] as const;

/** Who delivers a refill: the order's provider, an order of our own, or staff. */
export type RefillWay = (typeof refillWays)[number];

/** The terms on which orders of a service are refilled, if it has refills at all. */
export type RefillTerms = {
  /**
   * How many days after its end an order may be refilled; `undefined`: without a limit, 0: not at
   * all.
   */
  readonly days: number | undefined;
  /** How long after the end of the order. */
  readonly afterHours: number;
  /** How long after the previous request. */
  readonly betweenHours: number;
  /** The smallest drop, in pieces and in per cent of what was delivered; both may hold. */
  readonly dropMin: number | undefined;
  readonly dropPercent: number | undefined;
  readonly by: RefillWay;
  /** Whose order a refill becomes where `by` is `order`. */
  readonly serviceId: ServiceId | undefined;
  /** The largest share of what was delivered that such an order delivers again. */
  readonly percent: number | undefined;
};

export const refillTermsDefault: RefillTerms = {
  days: undefined,
  afterHours: 24,
  betweenHours: 24,
  dropMin: undefined,
  dropPercent: undefined,
  by: "provider",
  serviceId: undefined,
  percent: undefined,
};

export type RefillTermsRefusal = {
  readonly code: "refill_terms_invalid";
  readonly problem: RefillTermsProblem;
};

/** The numbers are the bounds that were exceeded, or the terms that contradict each other. */
export type RefillTermsProblem =
  | { readonly what: "days_out_of_bounds"; readonly max: number }
  | { readonly what: "hours_out_of_bounds"; readonly max: number }
  | { readonly what: "over_before_begun"; readonly days: number; readonly afterHours: number }
  | { readonly what: "drop_too_small" }
  | { readonly what: "share_out_of_bounds" }
  | { readonly what: "service_unsaid" }
  | { readonly what: "service_unfit"; readonly serviceId: ServiceId };

const daysMax = 3650;
const hoursMax = 8760;

/** What is wrong with the terms in themselves; `undefined` where nothing is. */
export function checkRefillTerms(terms: RefillTerms): RefillTermsRefusal | undefined {
  const invalid = (problem: RefillTermsProblem) =>
    ({ code: "refill_terms_invalid", problem }) as const;
  const { days, afterHours, betweenHours } = terms;
  if (days !== undefined && !isWithin(days, 0, daysMax)) {
    return invalid({ what: "days_out_of_bounds", max: daysMax });
  }
  if (!isWithin(afterHours, 0, hoursMax) || !isWithin(betweenHours, 0, hoursMax)) {
    return invalid({ what: "hours_out_of_bounds", max: hoursMax });
  }
  if (days !== undefined && days > 0 && days * 24 <= afterHours) {
    return invalid({ what: "over_before_begun", days, afterHours });
  }
  if (terms.dropMin !== undefined && !isWithin(terms.dropMin, 1, Number.MAX_SAFE_INTEGER)) {
    return invalid({ what: "drop_too_small" });
  }
  for (const share of [terms.dropPercent, terms.percent]) {
    if (share !== undefined && !isWithin(share, 1, 100)) {
      return invalid({ what: "share_out_of_bounds" });
    }
  }
  if (terms.by === "order" && terms.serviceId === undefined) {
    return invalid({ what: "service_unsaid" });
  }
  return undefined;
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= min && value <= max;
}

/** The columns of `services`, in the order of the fields. */
export type RefillTermsRow = {
  readonly refill_days: number | null;
  readonly refill_after_hours: number;
  readonly refill_between_hours: number;
  readonly refill_drop_min: number | null;
  readonly refill_drop_percent: number | null;
  readonly refill_by: RefillWay;
  readonly refill_service_id: ServiceId | null;
  readonly refill_percent: number | null;
};

export function refillTermsFromRow(row: RefillTermsRow): RefillTerms {
  return {
    days: row.refill_days ?? undefined,
    afterHours: row.refill_after_hours,
    betweenHours: row.refill_between_hours,
    dropMin: row.refill_drop_min ?? undefined,
    dropPercent: row.refill_drop_percent ?? undefined,
    by: row.refill_by,
    serviceId: row.refill_service_id ?? undefined,
    percent: row.refill_percent ?? undefined,
  };
}

/** The values of the columns, in the order of `RefillTermsRow`. */
export function refillTermsValues(terms: RefillTerms): readonly unknown[] {
  const { days, afterHours, betweenHours, dropMin, dropPercent, by, serviceId, percent } = terms;
  return [days, afterHours, betweenHours, dropMin, dropPercent, by, serviceId, percent];
}

/** The terms as programs read them; null stands for what is left out. */
export function refillTermsJson(terms: RefillTerms): Readonly<Record<string, unknown>> {
  return {
    days: terms.days ?? null,
    after_hours: terms.afterHours,
    between_hours: terms.betweenHours,
    drop_min: terms.dropMin ?? null,
    drop_percent: terms.dropPercent ?? null,
    by: terms.by,
    service: terms.serviceId ?? null,
    percent: terms.percent ?? null,
  };
}

import type { RefillTerms } from "#catalog/refill-terms.ts";
import type { Service } from "#catalog/service.ts";
import type { OrderStatus } from "#values/order-status.ts";

const hourMs = 3_600_000;

/** The part of a service that counts. */
type Refillable = Pick<Service, "refill" | "refillTerms">;

/** The facts about an order that count. */
export type RefillFacts = {
  readonly status: OrderStatus;
  readonly quantity: number;
  readonly startCount: number | undefined;
  readonly remains: number;
  /** When it ended. Where that was never recorded, when it last changed. */
  readonly endedAt: Date;
};

/** The newest refill request for the order. */
export type LastRefill = { readonly isOpen: boolean; readonly askedAt: Date };

export type RefillRefusal =
  | { readonly code: "refill_disabled" }
  | { readonly code: "order_not_completed" }
  | { readonly code: "refill_open" }
  | { readonly code: "refill_expired" }
  | { readonly code: "refill_too_early"; readonly hours: number }
  | { readonly code: "refill_drop_small" };

/** True where orders of the service can ever be refilled. This is the flag in the service list. */
export function offersRefill({ refill, refillTerms }: Refillable): boolean {
  return refill && refillTerms.days !== 0;
}

/** For how many days after its end an order is refilled. Null: without limit, or not at all. */
export function refillDaysOf(service: Refillable): number | null {
  return offersRefill(service) ? (service.refillTerms.days ?? null) : null;
}

/**
 * Why an order is not refilled now; `undefined` where it is. The request, the flag in the service
 * list and what people are shown all decide here. `currentCount` is the present count, where
 * somebody gave one.
 */
export function refillVerdict(
  service: Refillable,
  order: RefillFacts,
  last: LastRefill | undefined,
  moment: { readonly now: Date; readonly currentCount?: number | undefined },
): RefillRefusal | undefined {
  if (!offersRefill(service)) return { code: "refill_disabled" };
  if (order.status !== "completed" && order.status !== "partial") {
    return { code: "order_not_completed" };
  }
  if (last?.isOpen === true) return { code: "refill_open" };
  const { refillTerms: terms } = service;
  const now = moment.now.getTime();
  const { days } = terms;
  if (days !== undefined && now > order.endedAt.getTime() + days * 24 * hourMs) {
    return { code: "refill_expired" };
  }
  const wait = waitOf(terms, order, last);
  if (now < wait.until) return { code: "refill_too_early", hours: wait.hours };
  const drop = dropOf(order, moment.currentCount);
  if (drop !== undefined && !isEnough(terms, drop, deliveredOfOrder(order))) {
    return { code: "refill_drop_small" };
  }
  return undefined;
}

/** Until when a request is too early, and which rule in hours says so. */
function waitOf(
  terms: RefillTerms,
  order: RefillFacts,
  last: LastRefill | undefined,
): { readonly until: number; readonly hours: number } {
  const afterEnd = order.endedAt.getTime() + terms.afterHours * hourMs;
  const afterLast = last === undefined ? 0 : last.askedAt.getTime() + terms.betweenHours * hourMs;
  return afterLast > afterEnd
    ? { until: afterLast, hours: terms.betweenHours }
    : { until: afterEnd, hours: terms.afterHours };
}

function isEnough(terms: RefillTerms, drop: number, delivered: number): boolean {
  if (drop < (terms.dropMin ?? 1)) return false;
  return BigInt(drop) * 100n >= BigInt(delivered) * BigInt(terms.dropPercent ?? 0);
}

/** What was delivered of what was ordered. Anything beyond that was a gift. */
function deliveredOfOrder({
  quantity,
  remains,
}: Pick<RefillFacts, "quantity" | "remains">): number {
  return Math.max(0, quantity - Math.max(0, remains));
}

/** How much of what was delivered is missing; `undefined` where nobody knows. */
export function dropOf(
  order: Pick<RefillFacts, "quantity" | "remains" | "startCount">,
  currentCount: number | undefined,
): number | undefined {
  if (order.startCount === undefined || currentCount === undefined) return undefined;
  const delivered = deliveredOfOrder(order);
  return Math.min(delivered, Math.max(0, order.startCount + delivered - currentCount));
}

/**
 * The quantity of our own refill order: what is missing, but at most the share that the terms
 * allow. Where nobody knows what is missing, that share. `undefined`: staff have to say.
 */
export function refillQuantity(
  terms: Pick<RefillTerms, "percent">,
  order: Pick<RefillFacts, "quantity" | "remains" | "startCount">,
  currentCount: number | undefined,
): number | undefined {
  const drop = dropOf(order, currentCount);
  if (terms.percent === undefined) return drop;
  const share = (BigInt(deliveredOfOrder(order)) * BigInt(terms.percent) + 99n) / 100n;
  return Math.min(Number(share), drop ?? Number(share));
}

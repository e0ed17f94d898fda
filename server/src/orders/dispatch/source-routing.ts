import type { PanelMargin } from "#catalog/price.ts";
import type { Source } from "#catalog/sources.sql.ts";
import type { ProviderId } from "#values/ids.ts";
import { costPerThousand, exchanged, percentOf, subtract, unitsPerOne } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Order } from "#orders/orders.sql.ts";
import { expectedCost } from "#orders/expected-cost.ts";
import { serviceTypeOf } from "#orders/service-types/index.ts";

/** A place where an order can be sent: a provider and what the service is called there. */
export type Place = {
  readonly providerId: ProviderId;
  readonly providerService: string | undefined;
};

export function isSamePlace(a: Place, b: Place): boolean {
  return a.providerId === b.providerId && a.providerService === b.providerService;
}

/** What a source is expected to charge for the order, in its own currency. */
export function chargeAt(source: Source, quantity: number): Amount | undefined {
  return expectedCost(serviceTypeOf(source.type), source.providerRate, quantity);
}

/** The same in the panel's currency. */
export function costAt(source: Source, quantity: number): Amount | undefined {
  const rate = source.providerRate && exchanged(source.providerRate, source.exchangeRate);
  return expectedCost(serviceTypeOf(source.type), rate, quantity);
}

/**
 * Where an order that was never tried goes instead of its present place; `undefined`: it stays.
 * Routing by preference leaves only a closed place. Routing by price chooses the cheapest place.
 * Only open places are chosen.
 */
export function firstRoute(
  order: Order,
  sources: readonly Source[],
  isOpenHere: boolean,
  margin: PanelMargin,
): Source | undefined {
  const isByPrice = sources[0]?.routing === "price";
  if (isOpenHere && !isByPrice) return undefined;
  const open = sources.filter((source) => source.isEnabled && !source.isHeld);
  const others = open.filter(
    (source) => !isSamePlace(source, order) && isBearable(order, source, margin),
  );
  const [best] = inOrder(others, order.quantity);
  if (best === undefined || !isOpenHere) return best;
  const here = sources.find((source) => isSamePlace(source, order));
  const isCheaper = compareCosts(best, here, order.quantity) < 0;
  return isCheaper ? best : undefined;
}

/**
 * Where an order goes after a definite refusal: the next place that has not refused it. A place on
 * hold is chosen last, and the order waits there. `undefined`: no place is left.
 */
export function nextRoute(
  order: Order,
  sources: readonly Source[],
  refusedBy: readonly Place[],
  margin: PanelMargin,
): Source | undefined {
  const left = sources.filter(
    (source) =>
      source.isEnabled &&
      !isSamePlace(source, order) &&
      !refusedBy.some((place) => isSamePlace(source, place)) &&
      isBearable(order, source, margin),
  );
  const inTurn = inOrder(left, order.quantity);
  return inTurn.find((source) => !source.isHeld) ?? inTurn[0];
}

/** Where an order starts anew: the first open place, or the first of all if none is open. */
export function routeAnew(
  order: Order,
  sources: readonly Source[],
  margin: PanelMargin,
): Source | undefined {
  const usable = sources.filter(
    (source) => source.isEnabled && (source.isOwn || isBearable(order, source, margin)),
  );
  const inTurn = inOrder(usable, order.quantity);
  return inTurn.find((source) => !source.isHeld) ?? inTurn[0];
}

/** In the order in which the service asks them. */
function inOrder(sources: readonly Source[], quantity: number): readonly Source[] {
  if (sources[0]?.routing !== "price") return sources;
  return sources.toSorted((a, b) => compareCosts(a, b, quantity));
}

/** What the customer pays for an order. For one run of a drip-feed, its exact share. */
function paidFor(order: Order): Amount {
  if (order.source === "drip_feed") return costPerThousand(order.rate, order.quantity);
  return subtract(order.charge, order.refunded);
}

/** The cheaper one first; unknown costs last. */
function compareCosts(a: Source, b: Source | undefined, quantity: number): number {
  const costA = costAt(a, quantity);
  const costB = b && costAt(b, quantity);
  if (costA === undefined || costB === undefined) {
    return Number(costA === undefined) - Number(costB === undefined);
  }
  return costA < costB ? -1 : Number(costA > costB);
}

/**
 * True where what the customer paid leaves the margin above this source's cost, or where the
 * operator accepts the loss. An unknown cost does not rule a source out.
 */
function isBearable(order: Order, source: Source, margin: PanelMargin): boolean {
  const cost = costAt(source, order.quantity);
  if (cost === undefined) return true;
  if ((source.belowMargin ?? margin.belowMargin) === "allow") return true;
  const percent = 100n * unitsPerOne + (source.marginPercent ?? margin.percent);
  return percentOf(cost, percent) <= paidFor(order);
}

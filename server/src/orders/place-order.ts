import { hash } from "node:crypto";
import type { Context } from "#database/context.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { parseId } from "#values/ids.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";
import {
  chargeMax,
  chargePerPiece,
  chargePerThousand,
  costPerPiece,
  costPerThousand,
  parseAmount,
  zero,
} from "#values/money.ts";
import type { Amount, EffectiveRate } from "#values/money.ts";
import { hasControlCharacters } from "#values/link.ts";
import type { ApiKey } from "#customers/api-key.ts";
import type { CatalogCache } from "#catalog/catalog-cache.ts";
import { priceFor } from "#catalog/price.ts";
import type { Service } from "#catalog/service.ts";
import { findOrderByRequest } from "./lookup.sql.ts";
import { NotPlaced } from "./order-batch.ts";
import type { OrderBatches } from "./order-batch.ts";
import type { PlaceOrderRefusal } from "./refusal.ts";
import { serviceTypeOf } from "./service-types/index.ts";
import type { OrderDraft, OrderInput, ServiceType } from "./service-types/service-type.ts";

const repricingsMax = 100;
const requestIdLengthMax = 128;

/** What placing an order needs beside the context: this process's price list and batches. */
export type OrderDesk = {
  readonly ctx: Context;
  readonly catalog: CatalogCache;
  readonly batches: OrderBatches;
};

export type PlacedOrder = {
  readonly orderId: OrderId;
  /** True where the same request had placed the order before: nothing was charged again. */
  readonly isReplay: boolean;
};

/**
 * Places an order for the key's customer. `input` is what the caller sent; a `requestId` in it makes
 * the call repeatable: the same request again answers the same order. An order priced from a price
 * list that has meanwhile changed is priced again. Throws `OutcomeUnknown` where nobody can say.
 */
export async function placeOrder(
  desk: OrderDesk,
  key: ApiKey,
  input: OrderInput,
): Promise<Result<PlacedOrder, PlaceOrderRefusal>> {
  const requestId = input("requestId")?.trim();
  if (requestId !== undefined && !isRequestId(requestId)) {
    return refused({ code: "request_id_invalid", field: "requestId" });
  }
  const maxCharge = readMaxCharge(input);
  if (!maxCharge.ok) return maxCharge;
  const serviceId = parseId<ServiceId>(input("service")?.trim() ?? "");
  if (serviceId === undefined) return refused({ code: "service_unknown", field: "service" });

  const known = desk.catalog.find(serviceId) ?? (await findNewService(desk, serviceId));
  if (known === undefined) return refused({ code: "service_unknown", field: "service" });
  const type = serviceTypeOf(known.type);
  const hashed = requestId === undefined ? null : requestHash(serviceId, type, input);

  for (let repricing = 0; ; repricing++) {
    const priced = await priceOrder(desk, key, serviceId, input, maxCharge.value);
    if (!priced.ok) return (await findReplay(desk, key, requestId, hashed)) ?? priced;
    const { service, draft, rate, charge, cost, priceVersion } = priced.value;
    const fields = draft.fields === undefined ? null : JSON.stringify(draft.fields);
    const outcome = await desk.batches.ask({
      accountId: key.accountId,
      keyId: key.id,
      keyVersion: key.version,
      serviceId: service.id,
      serviceVersion: service.version,
      priceVersion,
      quantity: draft.quantity,
      runs: draft.runs,
      intervalMinutes: draft.intervalMinutes,
      rate,
      charge,
      cost,
      link: draft.link,
      fields,
      requestId: requestId ?? null,
      requestHash: hashed,
    });
    switch (outcome.code) {
      case "accepted":
      case "replayed":
        return ok({ orderId: outcome.orderId, isReplay: outcome.code === "replayed" });
      case "conflict":
        return refused({ code: "request_id_used", field: "requestId" });
      case "insufficient":
        return refused({ code: "insufficient_funds" });
      case "key":
        return refused({ code: "key_dead" });
      case "inactive":
        return refused({ code: "customer_inactive" });
      case "failed":
        throw outcome.error;
      case "stale":
        if (repricing >= repricingsMax) throw new NotPlaced("the price changes too fast");
        desk.catalog.forgetPrices(key.accountId);
        await desk.catalog.refresh();
    }
  }
}

type PricedOrder = {
  readonly service: Service;
  readonly draft: OrderDraft;
  readonly rate: EffectiveRate;
  readonly charge: Amount;
  readonly cost: Amount | undefined;
  readonly priceVersion: number;
};

/** Checks the order's content against its service and prices it, as far as this process knows. */
async function priceOrder(
  desk: OrderDesk,
  key: ApiKey,
  serviceId: ServiceId,
  input: OrderInput,
  maxCharge: Amount | undefined,
  isFresh = false,
): Promise<Result<PricedOrder, PlaceOrderRefusal>> {
  let service = desk.catalog.find(serviceId);
  if (service?.isEnabled !== true) service = await findNewService(desk, serviceId);
  if (service?.isEnabled !== true) return refused({ code: "service_unknown", field: "service" });

  const type = serviceTypeOf(service.type);
  const draft = type.read(input, service);
  if (!draft.ok) return draft;
  const prices =
    desk.catalog.rememberedPricesOf(key.accountId) ?? (await desk.catalog.pricesOf(key.accountId));
  const rate = priceFor(service, prices, desk.catalog.margin());
  if (rate === undefined) {
    // Below the margin it is not on sale for this customer; a price of a moment ago does not say so.
    if (isFresh) return refused({ code: "service_unknown", field: "service" });
    desk.catalog.forgetPrices(key.accountId);
    await desk.catalog.refresh();
    return priceOrder(desk, key, serviceId, input, maxCharge, true);
  }
  const charge = chargeFor(type, rate, draft.value.quantity);
  const cost = expectedCost(type, service.cost, draft.value.quantity);
  if (charge > chargeMax || (cost ?? zero) > chargeMax)
    return refused({ code: "charge_too_high", field: "quantity" });
  if (maxCharge !== undefined && charge > maxCharge) {
    return refused({ code: "price_above_max_charge", field: "maxCharge", charge });
  }
  return ok({ service, draft: draft.value, rate, charge, cost, priceVersion: prices.version });
}

/** A service that was made or enabled a moment ago, perhaps by another process. */
async function findNewService(desk: OrderDesk, id: ServiceId): Promise<Service | undefined> {
  await desk.catalog.refresh();
  return desk.catalog.find(id);
}

/**
 * The order that this request placed earlier, where it can no longer be placed today: the service
 * was disabled, the price or the bounds have changed. `undefined` where there is none.
 */
async function findReplay(
  desk: OrderDesk,
  key: ApiKey,
  requestId: string | undefined,
  hashed: string | null,
): Promise<Result<PlacedOrder, PlaceOrderRefusal> | undefined> {
  if (requestId === undefined || hashed === null) return undefined;
  const found = await findOrderByRequest(desk.ctx.db, key.accountId, requestId, hashed);
  if (found === undefined) return undefined;
  return found.isSame
    ? ok({ orderId: found.orderId, isReplay: true })
    : refused({ code: "request_id_used", field: "requestId" });
}

/** What the provider is expected to charge for `quantity`. */
export function expectedCost(
  type: ServiceType,
  cost: Amount | undefined,
  quantity: number,
): Amount | undefined {
  switch (type.pricing) {
    case "per_thousand":
      return cost && costPerThousand(cost, quantity);
    case "per_order":
      return cost && costPerPiece(cost, quantity);
    case "later":
      return undefined;
  }
}

/** What `quantity` costs under a type's way of pricing. */
function chargeFor(type: ServiceType, rate: EffectiveRate, quantity: number): Amount {
  switch (type.pricing) {
    case "per_thousand":
      return chargePerThousand(rate, quantity);
    case "per_order":
      return chargePerPiece(rate, quantity);
    case "later":
      return zero;
  }
}

function isRequestId(text: string): boolean {
  return (
    text.length > 0 &&
    text.length <= requestIdLengthMax &&
    text.isWellFormed() &&
    !hasControlCharacters(text)
  );
}

function readMaxCharge(input: OrderInput): Result<Amount | undefined, PlaceOrderRefusal> {
  const text = input("maxCharge")?.trim();
  if (text === undefined) return ok(undefined);
  const amount = parseAmount(text);
  if (amount === undefined || amount < zero) {
    return refused({ code: "max_charge_invalid", field: "maxCharge" });
  }
  return ok(amount);
}

/**
 * The same for two requests that order the same thing, however they were written on the wire: over
 * the fields of the service's type, not over what became of them, so that a repeated request is
 * recognised after the service or its price has changed.
 */
function requestHash(serviceId: ServiceId, type: ServiceType, input: OrderInput): string {
  const fields = type.inputs.map(({ name }) => [
    name,
    input(name)?.trim().replaceAll("\r\n", "\n"),
  ]);
  return hash("sha256", JSON.stringify([serviceId, fields]), "hex").slice(0, 32);
}

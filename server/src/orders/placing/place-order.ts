import { hash } from "node:crypto";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { parseId } from "#values/ids.ts";
import type { AccountId, ApiKeyId, OrderId, ServiceId } from "#values/ids.ts";
import type { OrderOrigin } from "#values/order-origin.ts";
import type { Amount } from "#values/money.ts";
import { isRequestId } from "#request-ids/request-id.ts";
import type { Service } from "#catalog/service.ts";
import { admitSubscription } from "#orders/subscriptions/admit-subscription.ts";
import type { SettlePlace } from "#orders/subscriptions/admit-subscription.ts";
import type { HoldRules, Verdict } from "#orders/hold-rules/verdict.ts";
import { findOrderByRequest } from "#orders/lookup/lookup.sql.ts";
import { NotPlaced } from "#orders/not-placed.ts";
import type { OrderBatches } from "./order-batch.ts";
import type { OrderOutcome, OrderRequest } from "./place-orders.sql.ts";
import { findNewService, priceOrder, readMaxCharge } from "./price-order.ts";
import type { PriceContext } from "./price-order.ts";
import type { PlaceOrderRefusal } from "./place-order-refusal.ts";
import { isRunByPanel } from "#orders/run-by-panel.ts";
import { serviceTypeOf } from "#orders/service-types/index.ts";
import type { OrderInput, ServiceType } from "#orders/service-types/service-type.ts";

/** How often an order is priced again because the price list changed while it was being placed. */
export const repricingsMax = 100;

/** What placing an order needs beside the context: this process's price list, batches and rules. */
export type OrderContext = PriceContext & {
  readonly batches: OrderBatches;
  /** Left out: no rule is asked. */
  readonly holds?: HoldRules;
};

/** Who buys: an API key, or (without an id) the panel's staff for a customer. */
export type Buyer = {
  readonly accountId: AccountId;
  readonly id: ApiKeyId | undefined;
  readonly version: number | undefined;
  readonly isTest: boolean;
};

export type PlacedOrder = {
  readonly orderId: OrderId;
  /** True where the same request had placed the order before. Nothing was charged again. */
  readonly isReplay: boolean;
};

/**
 * Places an order for the buyer's customer. `input` is what the caller sent. A `requestId` in it
 * makes the call repeatable: the same request returns the same order. If the price list has changed
 * in the meantime, the order is priced again. Throws `OutcomeUnknown` where nobody can say.
 */
export async function placeOrder(
  context: OrderContext,
  buyer: Buyer,
  input: OrderInput,
  source?: OrderOrigin,
): Promise<Result<PlacedOrder, PlaceOrderRefusal>> {
  const read = await readRequest(context, input);
  if (!read.ok) return read;
  for (let repricing = 0; ; repricing++) {
    const prepared = await prepareOrder(context, buyer, input, read.value, { source });
    if (!prepared.ok) return (await findReplay(context, buyer, read.value)) ?? prepared;
    const outcome = await askBatch(context, prepared.value);
    switch (outcome.code) {
      case "accepted":
      case "replayed":
        return ok({ orderId: outcome.orderId, isReplay: outcome.code === "replayed" });
      case "conflict":
      case "insufficient":
      case "key":
      case "inactive":
        return refused(outcomeRefusal(outcome.code));
      case "failed":
        throw outcome.error;
      case "stale":
        if (repricing >= repricingsMax) throw new NotPlaced("the price changes too fast");
        context.catalog.forgetPrices(buyer.accountId);
        await context.catalog.refresh();
    }
  }
}

/** Whatever becomes of the order, its reservations are settled. */
function askBatch(
  { batches }: OrderContext,
  { request, settle }: PreparedOrder,
): ReturnType<OrderBatches["ask"]> {
  const asked = batches.ask(request);
  return settle === undefined ? asked : settleAfter(asked, settle);
}

async function settleAfter(
  asked: ReturnType<OrderBatches["ask"]>,
  settle: NonNullable<PreparedOrder["settle"]>,
): ReturnType<OrderBatches["ask"]> {
  let orderId: OrderId | undefined;
  try {
    const outcome = await asked;
    if ("orderId" in outcome) ({ orderId } = outcome);
    return outcome;
  } finally {
    await settle(orderId);
  }
}

/** What a batch refused, as the caller reads it. */
export function outcomeRefusal(
  code: Exclude<OrderOutcome["code"], "accepted" | "replayed" | "stale">,
): PlaceOrderRefusal {
  switch (code) {
    case "conflict":
      return { code: "request_id_used", field: "requestId" };
    case "insufficient":
      return { code: "insufficient_funds" };
    case "key":
      return { code: "key_dead" };
    case "inactive":
      return { code: "customer_inactive" };
  }
}

/** The part of a request that does not depend on prices. */
export type ReadRequest = {
  readonly serviceId: ServiceId;
  readonly requestId: string | undefined;
  /** Made of the whole request; `null` without a request id. */
  readonly requestHash: string | null;
  readonly maxCharge: Amount | undefined;
};

/** Reads what every order has. Looks the service up where this process does not know it yet. */
export async function readRequest(
  context: PriceContext,
  input: OrderInput,
): Promise<Result<ReadRequest, PlaceOrderRefusal>> {
  const requestId = input("requestId")?.trim();
  if (requestId !== undefined && !isRequestId(requestId)) {
    return refused({ code: "request_id_invalid", field: "requestId" });
  }
  const maxCharge = readMaxCharge(input);
  if (!maxCharge.ok) return maxCharge;
  const serviceId = parseId<ServiceId>(input("service")?.trim() ?? "");
  if (serviceId === undefined) return refused({ code: "service_unknown", field: "service" });
  const known = context.catalog.find(serviceId) ?? (await findNewService(context, serviceId));
  if (known === undefined) return refused({ code: "service_unknown", field: "service" });
  const type = serviceTypeOf(known.type);
  return ok({
    serviceId,
    requestId,
    requestHash: requestId === undefined ? null : requestHash(serviceId, type, input),
    maxCharge: maxCharge.value,
  });
}

/** An order ready for a batch. */
export type PreparedOrder = {
  readonly request: OrderRequest;
  readonly service: Service;
  /** If present, must be called with the order's number, or with nothing if there is none. */
  readonly settle?: (orderId: OrderId | undefined) => Promise<void>;
};

/** Checks and prices an order, and asks the rules whether it may go. */
export async function prepareOrder(
  context: OrderContext,
  buyer: Buyer,
  input: OrderInput,
  read: ReadRequest,
  from: { readonly source: OrderOrigin | undefined; readonly isInList?: boolean },
): Promise<Result<PreparedOrder, PlaceOrderRefusal>> {
  const { accountId } = buyer;
  const { source, isInList = false } = from;
  const priced = await priceOrder(context, accountId, read.serviceId, input, read.maxCharge);
  if (!priced.ok) return priced;
  const { service, draft, rate, charge, cost, priceVersion } = priced.value;
  const { link } = draft;
  const isRunHere = isRunByPanel(service, draft);
  let place: SettlePlace | undefined;
  if (serviceTypeOf(service.type).pricing === "later") {
    const subscription = { draft, rate, isRunHere, twin: twinOf(accountId, read) };
    const admitted = await admitSubscription(context.ctx, accountId, subscription);
    if (!admitted.ok) return admitted;
    place = admitted.value;
  }
  let verdict: Extract<Verdict, { kind: "take" }> | undefined;
  if (context.holds !== undefined && !context.holds.isEmpty()) {
    const { isTest } = buyer;
    const texts = Object.values(draft.fields ?? {})
      .flat()
      .filter((value) => typeof value === "string");
    const serviceId = service.id;
    const twin = twinOf(accountId, read);
    const order = { accountId, serviceId, link, charge, twin, isTest, isInList, texts };
    try {
      const judged = await context.holds.judge(order);
      if (judged.kind === "refuse") return refused(judged.refusal);
      verdict = judged;
    } finally {
      if (verdict === undefined) await place?.(undefined);
    }
  }
  const request: OrderRequest = {
    accountId,
    keyId: buyer.id,
    keyVersion: buyer.version,
    serviceId: service.id,
    serviceVersion: service.version,
    priceVersion,
    quantity: draft.quantity,
    runs: draft.runs,
    intervalMinutes: draft.intervalMinutes,
    rate,
    charge,
    // Its runs have costs, each by itself.
    cost: isRunHere ? undefined : cost,
    ...(isRunHere && { task: "run" as const }),
    ...(source !== undefined && { source }),
    ...(verdict?.held !== undefined && { held: verdict.held }),
    link,
    fields: draft.fields === undefined ? null : JSON.stringify(draft.fields),
    requestId: read.requestId ?? null,
    requestHash: read.requestHash,
  };
  if (place === undefined) {
    return ok(
      verdict === undefined ? { request, service } : { request, service, settle: verdict.settle },
    );
  }
  const settle: PreparedOrder["settle"] = async (orderId) => {
    await place(orderId);
    await verdict?.settle(orderId);
  };
  return ok({ request, service, settle });
}

/**
 * The order that this request placed earlier, where it can no longer be placed today: the service
 * was disabled, or its price or bounds have changed. `undefined` where there is none.
 */
export async function findReplay(
  context: PriceContext,
  buyer: Buyer,
  { requestId, requestHash: hashed }: ReadRequest,
): Promise<Result<PlacedOrder, PlaceOrderRefusal> | undefined> {
  if (requestId === undefined || hashed === null) return undefined;
  const found = await findOrderByRequest(context.ctx.db, buyer.accountId, requestId, hashed);
  if (found === undefined) return undefined;
  return found.isSame
    ? ok({ orderId: found.orderId, isReplay: true })
    : refused({ code: "request_id_used", field: "requestId" });
}

/** A UUID made of the whole request and its id; `undefined` without an id. */
function twinOf(accountId: AccountId, { requestId, requestHash: hashed }: ReadRequest) {
  if (requestId === undefined) return undefined;
  const text = JSON.stringify([accountId, requestId, hashed]);
  return hash("sha256", text, "hex").slice(0, 32);
}

/**
 * The same for two requests that order the same thing, however they were written on the wire. It
 * covers the fields of the service's type, not what became of them, so that a repeated request is
 * recognised after the service or its price has changed.
 */
function requestHash(serviceId: ServiceId, type: ServiceType, input: OrderInput): string {
  const fields = type.inputs.map(({ name }) => [
    name,
    input(name)?.trim().replaceAll("\r\n", "\n"),
  ]);
  return hash("sha256", JSON.stringify([serviceId, fields]), "hex").slice(0, 32);
}

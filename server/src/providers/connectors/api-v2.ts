import { ok, refused } from "#values/result.ts";
import type {
  OutgoingOrder,
  PlaceOutcome,
  ProviderCall,
  ProviderConnector,
  ProviderOrderState,
  ProviderRefillState,
} from "#providers/connector.ts";
import type { ProviderFailure } from "#providers/outcome.ts";
import { ask, excerpt } from "#providers/api-v2/ask.ts";
import type { Asked, Question } from "#providers/api-v2/ask.ts";
import { failureOf, idParameters, inBatches, statesOf } from "#providers/api-v2/ask-batches.ts";
import type { States } from "#providers/api-v2/ask-batches.ts";
import { findByRequestId } from "#providers/api-v2/find-order.ts";
import { orderParameters } from "#providers/api-v2/order-parameters.ts";
import { probeApiV2 } from "#providers/api-v2/probe.ts";
import { apiV2Products } from "#providers/api-v2/products.ts";
import { readSum } from "#providers/api-v2/answers/read-amount.ts";
import { readCancel } from "#providers/api-v2/answers/read-cancel.ts";
import { meansUnknownOrder, meansUnknownRefill } from "#providers/api-v2/answers/read-concern.ts";
import { isObject, textOf } from "#providers/api-v2/answers/read-json.ts";
import { layersOf, named, readOrderId, readStates } from "#providers/api-v2/answers/read-order.ts";
import { readRefill, readRefillStates } from "#providers/api-v2/answers/read-refill.ts";
import { apiV2Settings, checkApiV2Settings } from "#providers/api-v2/answers/settings.ts";
import { cut } from "#values/text.ts";

const servicesBytesMax = 64 * 1024 * 1024;

/**
 * Another panel that speaks API v2, in all its deployed varieties: differences are read tolerantly
 * or are a setting (`api-v2/answers/settings.ts`).
 */
export const apiV2: ProviderConnector = {
  name: "api-v2",
  isRemote: true,
  checkSettings: checkApiV2Settings,
  placeOrder,
  statesMax: (settings) => apiV2Settings(settings).status_batch,
  orderStates,
  lookup: {
    canFind: (settings) => apiV2Settings(settings).honours_request_id,
    findOrder: findByRequestId,
  },
  catalog: { listServices },
  account: { balance },
  probe: { probe: (call) => probeApiV2(call, { balance, listServices, orderStates }) },
  refills: { refill, refillStates },
  cancels: { cancel },
  products: apiV2Products,
};

async function placeOrder(order: OutgoingOrder, call: ProviderCall): Promise<PlaceOutcome> {
  const settings = apiV2Settings(call.settings, "add");
  const parameters = orderParameters(order);
  if (settings.honours_request_id) parameters["request_id"] = order.requestId;
  const asked = await ask(call, {
    action: "add",
    parameters,
    orderId: order.orderId,
    isBareFailure: true,
  });
  switch (asked.kind) {
    case "not_sent":
    case "unknown":
      return asked;
    case "refused": {
      const { reason, concern, json } = asked;
      // A provider that says both may have made the order; and the order that used the request id
      // may be ours.
      const isDoubtful =
        readOrderId(json, settings) !== undefined || /\brequest_id\b.{0,20}\bused\b/i.test(reason);
      return isDoubtful ? { kind: "unknown", reason } : { kind: "refused", reason, concern };
    }
    case "answered": {
      const providerOrder = readOrderId(asked.json, settings);
      if (providerOrder !== undefined) return { kind: "accepted", providerOrder };
      const said = excerpt(asked.text);
      return { kind: "unknown", reason: `the answer holds neither an order nor an error: ${said}` };
    }
  }
}

async function orderStates(
  providerOrders: readonly string[],
  call: ProviderCall,
): States<ProviderOrderState> {
  const settings = apiV2Settings(call.settings, "status");
  return inBatches(providerOrders, settings.status_batch, async (ids) => {
    const asked = await ask(call, { action: "status", parameters: idParameters("order", ids) });
    return statesOf(asked, ids, {
      read: (json) => readStates(json, ids, settings),
      isMissing: meansUnknownOrder,
    });
  });
}

async function refillStates(
  providerRefills: readonly string[],
  call: ProviderCall,
): States<ProviderRefillState> {
  const settings = apiV2Settings(call.settings, "refill_status");
  return inBatches(providerRefills, settings.refill_batch, async (ids) => {
    const parameters = idParameters("refill", ids);
    const asked = await ask(call, { action: "refill_status", parameters });
    return statesOf(asked, ids, {
      read: (json) => readRefillStates(json, ids, settings),
      isMissing: meansUnknownRefill,
    });
  });
}

async function listServices(
  call: ProviderCall,
): ReturnType<NonNullable<typeof apiV2.catalog>["listServices"]> {
  const asked = await ask(call, { action: "services", bytesMax: servicesBytesMax });
  return asked.kind === "answered" ? ok(asked.text) : refused(failureOf(asked));
}

async function balance(
  call: ProviderCall,
): ReturnType<NonNullable<typeof apiV2.account>["balance"]> {
  const settings = apiV2Settings(call.settings, "balance");
  const asked = await ask(call, { action: "balance", isBareFailure: true });
  if (asked.kind !== "answered") return refused(failureOf(asked));
  for (const layer of layersOf(asked.json)) {
    const isBare = typeof layer === "string" && settings.bare_numbers;
    if (!isObject(layer) && !isBare) continue;
    const said = isObject(layer) ? named(layer, "balance", settings, ["funds", "credit"]) : layer;
    const sum = readSum(said, settings.decimal_mark);
    if (sum.kind !== "read") continue;
    const beside = isObject(layer) ? textOf(named(layer, "currency", settings)) : undefined;
    const currency = cut((beside ?? sum.currency ?? "").toUpperCase(), 10) || undefined;
    return ok({ balance: sum.value, currency });
  }
  const unread = excerpt(asked.text);
  return refused({ kind: "unknown", reason: `the answer holds no balance: ${unread}`, unread });
}

async function refill(
  providerOrder: string,
  call: ProviderCall,
): ReturnType<NonNullable<typeof apiV2.refills>["refill"]> {
  const settings = apiV2Settings(call.settings, "refill");
  const question = { action: "refill", parameters: { order: providerOrder }, isBareFailure: true };
  return request(call, question, (json) => readRefill(json, providerOrder, settings));
}

async function cancel(
  providerOrder: string,
  call: ProviderCall,
): ReturnType<NonNullable<typeof apiV2.cancels>["cancel"]> {
  const settings = apiV2Settings(call.settings, "cancel");
  const parameters = { [settings.cancel_style]: providerOrder };
  const question = { action: "cancel", parameters, isBareFailure: true };
  return request(call, question, (json) => readCancel(json, providerOrder, settings));
}

/**
 * Makes a request that is taken or refused; a refusal about our account is a failure of the call.
 */
async function request<Outcome>(
  call: ProviderCall,
  question: Question,
  read: (json: Extract<Asked, { kind: "answered" }>["json"]) => Outcome | undefined,
): Promise<
  | Outcome
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "failed"; readonly failure: ProviderFailure }
> {
  const asked = await ask(call, question);
  if (asked.kind === "answered") {
    const outcome = read(asked.json);
    if (outcome !== undefined) return outcome;
    const reason = `the answer says neither yes nor no: ${excerpt(asked.text)}`;
    return { kind: "failed", failure: { kind: "unknown", reason, unread: excerpt(asked.text) } };
  }
  if (asked.kind === "refused" && !isAboutUs(asked.concern)) {
    return { kind: "refused", reason: asked.reason };
  }
  return { kind: "failed", failure: failureOf(asked) };
}

function isAboutUs(concern: Extract<Asked, { kind: "refused" }>["concern"]): boolean {
  return concern === "provider" || concern === "limit" || concern === "funds";
}

import type { Each } from "./batches.ts";
import { openCaller } from "./call-panel.ts";
import type { ActOptions, CallOptions, PanelCaller } from "./call-panel.ts";
import { followChanges } from "./follow-changes.ts";
import { wireFieldsOf, wireText } from "./order-fields.ts";
import type { Panel, PanelOptions } from "./panel.ts";
import {
  readAnnounced,
  readBalance,
  readCancel,
  readCancelState,
  readChanges,
  readClaim,
  readClaimState,
  readOrders,
  readPlaced,
  readProductResult,
  readProducts,
  readProductState,
  readRefill,
  readRefillState,
  readServices,
  readState,
} from "./read-answers.ts";
import { openRequestIdCheck } from "./request-id-check.ts";
import { openSender } from "./send-request.ts";
import { askSeveral } from "./several.ts";
import type { ManyQuestion } from "./several.ts";
import type {
  CancelState,
  ClaimState,
  Id,
  OrderState,
  ProductOrderState,
  Service,
} from "./types.ts";

const timeoutMsDefault = 30_000;
const retriesDefault = 3;
const backoffMsDefault = 250;
const idsPerRequestDefault = 100;

/**
 * A client of one panel. Nothing is sent before the first call. Throws a TypeError for an address
 * or a key that cannot be one.
 */
export function openPanel(options: PanelOptions): Panel {
  const call = openCallerFor(options);
  const { currency, idsPerRequest = idsPerRequestDefault } = options;
  if (!Number.isSafeInteger(idsPerRequest) || idsPerRequest < 1) {
    throw new TypeError("idsPerRequest is a whole number from 1");
  }
  const several = <Value>(many: ManyQuestion<Value>) => ({
    one: async (id: Id, terms: ActOptions = {}) =>
      valueOf(await askSeveral(call, many, [checkedId(id)], 1, terms)),
    all: async (ids: readonly Id[], terms: ActOptions = {}) =>
      askSeveral(call, many, ids.map(checkedId), idsPerRequest, terms),
  });
  // What asks for something to be done has an id, so that it can be sent again if that is honoured.
  const acts = <Value>(many: ManyQuestion<Value>) => {
    const { one, all } = several(many);
    const named = (terms: ActOptions): ActOptions => ({
      ...terms,
      requestId: terms.requestId ?? newRequestId(),
    });
    return {
      one: async (id: Id, terms: ActOptions = {}) => one(id, named(terms)),
      all: async (ids: readonly Id[], terms: ActOptions = {}) => all(ids, named(terms)),
    };
  };
  const states = several(statusQuestion(currency));
  const refills = acts(refillQuestion);
  const refillStates = several(refillStateQuestion);
  const cancels = acts(cancelQuestion);
  const cancelStates = several(cancelStateQuestion);
  const productStates = several(productStateQuestion);
  const claimStates = several(claimStateQuestion);

  const panel: Panel = {
    services: openServices(call),
    order: async (order, terms = {}) => {
      const requestId = order.requestId ?? newRequestId();
      return place(call, "add", wireFieldsOf(order, requestId), requestId, terms);
    },
    status: states.one,
    statuses: states.all,
    refill: refills.one,
    refills: refills.all,
    refillStatus: refillStates.one,
    refillStatuses: refillStates.all,
    cancel: cancels.all,
    cancelStatus: cancelStates.one,
    cancelStatuses: cancelStates.all,
    balance: (terms = {}) =>
      ask(call, "balance", {}, (answer) => readBalance(answer, currency), terms),
    orders: async ({ since, requestId, limit } = {}, terms = {}) => {
      const fields = some({ since: since?.toISOString(), request_id: requestId, limit });
      return ask(call, "orders", fields, (answer) => readOrders(answer, currency), terms);
    },
    newPost: async ({ order, link, id, requestId = newRequestId() }, terms = {}) => {
      const fields = some({ order: checkedId(order), link, id, request_id: requestId });
      const question = { action: "new_post", effect: "act", fields, requestId } as const;
      return call({ ...question, read: readAnnounced }, terms);
    },
    changes: async ({ since, limit } = {}, terms = {}) =>
      ask(call, "changes", some({ since, limit }), (answer) => readChanges(answer, since), terms),
    followChanges: (terms = {}) =>
      followChanges((since, signal) => panel.changes({ since }, { signal }), terms),
    products: (terms = {}) => ask(call, "products", {}, readProducts, terms),
    orderProduct: async (
      { product, quantity, require, maxCharge, requestId = newRequestId() },
      terms = {},
    ) => {
      const fields = some({
        product,
        quantity,
        require,
        max_charge: maxCharge,
        request_id: requestId,
      });
      return place(call, "add_product_order", fields, requestId, terms);
    },
    productStatus: productStates.one,
    productStatuses: productStates.all,
    productResult: async (order, terms = {}) =>
      ask(call, "result_product", { order: String(checkedId(order)) }, readProductResult, terms),
    claimProduct: async (
      { order, reason, items, quantity, requestId = newRequestId() },
      terms = {},
    ) => {
      const fields = some({
        order: checkedId(order),
        reason,
        items: items?.map((item) => wireText("items", item)).join(","),
        quantity,
        request_id: requestId,
      });
      const action = "claim_product_order";
      const question = { action, effect: "act", fields, requestId, read: readClaim } as const;
      return { claim: await call(question, terms) };
    },
    productClaim: claimStates.one,
    productClaims: claimStates.all,
  };
  return panel;
}

function openCallerFor(options: PanelOptions): PanelCaller {
  const { key, honoursRequestId, timeoutMs = timeoutMsDefault } = options;
  const { retries = retriesDefault, backoffMs = backoffMsDefault } = options;
  const url = checkedUrl(options.url);
  if (typeof key !== "string" || key.trim() === "") throw new TypeError("the key is empty");
  const fetchIt: typeof globalThis.fetch = options.fetch ?? ((...args) => fetch(...args));
  const check = openRequestIdCheck(url, fetchIt, { retries, backoffMs, timeoutMs });
  return openCaller({
    key: key.trim(),
    send: openSender(url, fetchIt),
    timeoutMs,
    retries,
    backoffMs,
    // Who says that a panel honours them has orders in mind: of the rest it speaks for itself.
    honoursRequestId: async (action) =>
      honoursRequestId === false || action.startsWith("add")
        ? (honoursRequestId ?? check(action))
        : check(action),
  });
}

/** A question that changes nothing. */
function ask<Value>(
  call: PanelCaller,
  action: string,
  fields: Readonly<Record<string, string>>,
  read: (answer: unknown) => Value,
  terms: CallOptions,
): Promise<Value> {
  return call({ action, effect: "none", fields, read }, terms);
}

async function place(
  call: PanelCaller,
  action: string,
  fields: Readonly<Record<string, string>>,
  requestId: string,
  terms: CallOptions,
) {
  const order = await call({ action, effect: "order", fields, requestId, read: readPlaced }, terms);
  return { order, requestId };
}

/** Remembers the last list with its tag, so that an unchanged one costs a few bytes. */
function openServices(call: PanelCaller): Panel["services"] {
  let known: { readonly tag: string; readonly list: readonly Service[] } | undefined;
  return (terms = {}) => {
    const asked = known;
    return call(
      {
        action: "services",
        effect: "none",
        fields: {},
        ...(asked === undefined ? {} : { headers: { "If-None-Match": asked.tag } }),
        read: (answer, headers, status) => {
          if (status === 304 && asked !== undefined) return asked.list;
          const list = readServices(answer);
          const tag = headers.get("etag");
          known = tag === null ? undefined : { tag, list };
          return list;
        },
      },
      terms,
    );
  };
}

const orderNames = { id: ["order", "id", "order_id"] };

function statusQuestion(currency: string | undefined): ManyQuestion<OrderState> {
  return {
    action: "status",
    effect: "none",
    one: "order",
    many: "orders",
    names: orderNames,
    read: (item) => readState(item, currency),
  };
}

const refillQuestion = {
  action: "refill",
  effect: "act",
  one: "order",
  many: "orders",
  names: { ...orderNames, field: "refill" },
  read: readRefill,
} as const;

const refillStateQuestion = {
  action: "refill_status",
  effect: "none",
  one: "refill",
  many: "refills",
  names: { id: ["refill", "id", "refill_id"], field: "status" },
  read: readRefillState,
} as const;

const cancelQuestion = {
  action: "cancel",
  effect: "act",
  one: "order",
  many: "orders",
  names: { ...orderNames, field: "cancel" },
  read: readCancel,
} as const;

const cancelStateQuestion: ManyQuestion<CancelState> = {
  action: "cancel_status",
  effect: "none",
  one: "order",
  many: "orders",
  names: { ...orderNames, field: "status", hasMore: true },
  read: readCancelState,
};

const productStateQuestion: ManyQuestion<ProductOrderState> = {
  action: "product_order_status",
  effect: "none",
  one: "order",
  many: "orders",
  names: orderNames,
  read: readProductState,
};

const claimStateQuestion: ManyQuestion<ClaimState> = {
  action: "product_claim_status",
  effect: "none",
  one: "claim",
  many: "claims",
  names: { id: ["claim", "id"] },
  read: readClaimState,
};

function valueOf<Value>([only]: readonly Each<Value>[]): Value {
  if (only === undefined) throw new TypeError("one id has one result");
  if (!only.ok) throw only.error;
  return only.value;
}

/** The fields that were given, as text. */
function some(fields: Readonly<Record<string, string | number | undefined>>) {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) given[name] = wireText(name, value);
  }
  return given;
}

function checkedUrl(text: string): string {
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    throw new TypeError("the url begins with https:// or http:// and holds no password");
  }
  return url.href;
}

// A comma would make two ids of one, and an empty text would ask another question.
function checkedId(id: Id): Id {
  const isId = typeof id === "number" ? Number.isSafeInteger(id) && id > 0 : /^[^\s,]+$/.test(id);
  if (!isId) throw new TypeError(`${JSON.stringify(id)} is no id`);
  return id;
}

function newRequestId(): string {
  if (typeof globalThis.crypto?.getRandomValues !== "function") {
    throw new TypeError("this runtime has no crypto to make a requestId with: give one");
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Long because: the schemas of all calls stand side by side.
import { serviceTypes } from "#orders/service-types/index.ts";
import type { InputField, ServiceType } from "#orders/service-types/service-type.ts";
import { eventKinds } from "#webhooks/event-kinds.ts";
import { wireProductOrderStatus } from "#values/product-order-status.ts";
import { wireStatus } from "#values/order-status.ts";
import { wireNameOf } from "./command.ts";

/** JSON Schema of 2020-12, as OpenAPI 3.1 uses it. */
export type Schema = { readonly [keyword: string]: unknown };

/** A call of API v2: its schemas by name, as they stand in the document. */
export type DocumentedAction = {
  readonly name: string;
  readonly action: string;
  readonly summary: string;
  readonly request: string;
  /** One for each dialect where they differ. */
  readonly answers: readonly string[];
};

export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/** `mentions_user_followers` is `AddMentionsUserFollowers`. */
export function addSchemaName(slug: string): string {
  const words = slug.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `Add${words.join("")}`;
}

const addActions: readonly DocumentedAction[] = Object.entries(serviceTypes).map(
  ([slug, type]) => ({
    name: `Add order: ${type.wireName}`,
    action: "add",
    summary: `Places an order for a service of type ${type.wireName}. ${pricingText(type)}`,
    request: addSchemaName(slug),
    answers: ["Added"],
  }),
);

/** Every call, in the order of the documents that resellers know. */
export const documentedActions: readonly DocumentedAction[] = [
  {
    name: "Service list",
    action: "services",
    summary: "All services on sale, at the caller's own rates.",
    request: "ServicesRequest",
    answers: ["ServiceList", "ServiceList1dg"],
  },
  ...addActions,
  {
    name: "Order status",
    action: "status",
    summary: "The state of one order.",
    request: "StatusRequest",
    answers: ["OrderState", "OrderState1dg"],
  },
  {
    name: "Multiple orders status",
    action: "status",
    summary: "The states of several orders, by the ids as they were sent.",
    request: "MultipleStatusRequest",
    answers: ["OrderStates", "OrderStates1dg"],
  },
  {
    name: "Create refill",
    action: "refill",
    summary: "Asks for a refill of a delivered order.",
    request: "RefillRequest",
    answers: ["Refill"],
  },
  {
    name: "Create multiple refill",
    action: "refill",
    summary: "Asks for refills of several orders.",
    request: "MultipleRefillRequest",
    answers: ["Refills"],
  },
  {
    name: "Get refill status",
    action: "refill_status",
    summary: "The state of one refill.",
    request: "RefillStatusRequest",
    answers: ["RefillState"],
  },
  {
    name: "Get multiple refill status",
    action: "refill_status",
    summary: "The states of several refills.",
    request: "MultipleRefillStatusRequest",
    answers: ["RefillStates"],
  },
  {
    name: "Create cancel",
    action: "cancel",
    summary: "Asks for orders to be cancelled. `1` says that the request was taken, not more.",
    request: "CancelRequest",
    answers: ["Cancels"],
  },
  {
    name: "Create cancel of one order",
    action: "cancel",
    summary: "The same of one `order`, with the error on top.",
    request: "SingleCancelRequest",
    answers: ["SingleCancel"],
  },
  {
    name: "Get cancel status",
    action: "cancel_status",
    summary: "An addition of this panel: what became of the newest request to cancel an order.",
    request: "CancelStatusRequest",
    answers: ["CancelState"],
  },
  {
    name: "Get multiple cancel status",
    action: "cancel_status",
    summary: "An addition of this panel: the same of several orders.",
    request: "MultipleCancelStatusRequest",
    answers: ["CancelStates"],
  },
  {
    name: "User balance",
    action: "balance",
    summary: "What the caller can still spend.",
    request: "BalanceRequest",
    answers: ["Balance", "Balance1dg"],
  },
  {
    name: "List of orders",
    action: "orders",
    summary: "An addition of this panel: the newest orders, to find one whose answer was lost.",
    request: "OrdersRequest",
    answers: ["OrderList", "OrderList1dg"],
  },
  {
    name: "New post",
    action: "new_post",
    summary: "An addition of this panel: announces a new post of a subscription.",
    request: "NewPostRequest",
    answers: ["NewPost"],
  },
  {
    name: "Claim items of a product order",
    action: "claim_product_order",
    summary: "An addition of this panel: says that delivered items do not work.",
    request: "ClaimProductOrderRequest",
    answers: ["ProductClaim"],
  },
  {
    name: "Product claim status",
    action: "product_claim_status",
    summary: "An addition of this panel: what became of a claim.",
    request: "ProductClaimStatusRequest",
    answers: ["ProductClaimState"],
  },
  {
    name: "Multiple product claims status",
    action: "product_claim_status",
    summary: "An addition of this panel: the same of several claims, by the ids as they were sent.",
    request: "MultipleProductClaimStatusRequest",
    answers: ["ProductClaimStates"],
  },
  {
    name: "Changes",
    action: "changes",
    summary:
      "An addition of this panel: what happened to orders, requests and prices since a cursor. " +
      "Without `since` it answers a cursor to begin with.",
    request: "ChangesRequest",
    answers: ["Changes"],
  },
  {
    name: "Product list",
    action: "products",
    summary: "All digital goods on sale, at the caller's own prices.",
    request: "ProductsRequest",
    answers: ["ProductList"],
  },
  {
    name: "Add product order",
    action: "add_product_order",
    summary: "Buys digital goods. What is in stock is delivered at once.",
    request: "AddProductOrder",
    answers: ["Added"],
  },
  {
    name: "Product order status",
    action: "product_order_status",
    summary: "The state of one product order, with what was delivered.",
    request: "ProductOrderStatusRequest",
    answers: ["ProductOrderState"],
  },
  {
    name: "Multiple product orders status",
    action: "product_order_status",
    summary: "The states of several product orders, by the ids as they were sent.",
    request: "MultipleProductOrderStatusRequest",
    answers: ["ProductOrderStates"],
  },
  {
    name: "Product order result",
    action: "result_product",
    summary: "What was delivered for a product order, line by line.",
    request: "ProductOrderResultRequest",
    answers: ["ProductOrderResult"],
  },
];

const key: Schema = { type: "string", description: "Your API key." };
const number: Schema = { type: ["string", "integer"], pattern: "^[0-9]+$", minimum: 0 };
const lines: Schema = {
  anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
};
const ids: Schema = {
  anyOf: [
    { type: "string" },
    { type: "integer" },
    { type: "array", items: { type: ["string", "integer"] } },
  ],
  description: "IDs, separated by commas.",
};

function request(action: string, fields: Schema, required: readonly string[]): Schema {
  return {
    type: "object",
    properties: { key, action: { const: action }, ...fields },
    required: ["key", "action", ...required],
  };
}

const fieldKinds: Readonly<Record<InputField["kind"], Schema>> = {
  text: { type: ["string", "integer"] },
  number,
  lines,
  date: { type: "string", description: "Day, month and year: d/m/Y." },
};

function requestIdField(what: string): Schema {
  return {
    type: "string",
    minLength: 1,
    maxLength: 128,
    description:
      `An addition of this panel: the caller's own id. The same request again answers ${what}. ` +
      "The header Idempotency-Key does the same.",
  };
}

const addExtras: Schema = {
  request_id: requestIdField("the same order and charges nothing"),
  max_charge: {
    type: "string",
    pattern: "^[0-9]{1,16}(\\.[0-9]{1,8})?$",
    description: "An addition of this panel: an order that would cost more is refused.",
  },
};

function addRequest(type: ServiceType): Schema {
  const inputs = type.inputs.map((input): [string, Schema] => [
    wireNameOf(input.name),
    fieldKinds[input.kind],
  ]);
  const required = type.inputs.filter((input) => input.isRequired);
  return {
    description: `An order for a service of type ${type.wireName}. ${pricingText(type)}`,
    ...request("add", { service: number, ...Object.fromEntries(inputs), ...addExtras }, [
      "service",
      ...required.map((input) => wireNameOf(input.name)),
    ]),
  };
}

function pricingText({ pricing }: ServiceType): string {
  switch (pricing) {
    case "per_thousand":
      return "The rate is the price of 1000.";
    case "per_order":
      return "The rate is the price of one whole order.";
    case "later":
      return "Nothing is charged for it: each order that it creates is charged by itself.";
  }
}

/** What may be sent, by schema name. */
export function requestSchemas(): Schema {
  const adds = Object.entries(serviceTypes).map(([slug, type]): [string, Schema] => [
    addSchemaName(slug),
    addRequest(type),
  ]);
  return {
    ServicesRequest: request("services", {}, []),
    ...Object.fromEntries(adds),
    StatusRequest: request("status", { order: number }, ["order"]),
    MultipleStatusRequest: request("status", { orders: ids }, ["orders"]),
    RefillRequest: request(
      "refill",
      {
        order: number,
        current_count: { ...number, description: "An addition: how many there are now." },
        request_id: requestIdField("the same refill"),
      },
      ["order"],
    ),
    MultipleRefillRequest: request(
      "refill",
      { orders: ids, request_id: requestIdField("the same refills") },
      ["orders"],
    ),
    RefillStatusRequest: request("refill_status", { refill: number }, ["refill"]),
    MultipleRefillStatusRequest: request("refill_status", { refills: ids }, ["refills"]),
    SingleCancelRequest: request(
      "cancel",
      { order: number, request_id: requestIdField("the same") },
      ["order"],
    ),
    CancelRequest: request("cancel", { orders: ids, request_id: requestIdField("the same") }, [
      "orders",
    ]),
    CancelStatusRequest: request("cancel_status", { order: number }, ["order"]),
    MultipleCancelStatusRequest: request("cancel_status", { orders: ids }, ["orders"]),
    BalanceRequest: request("balance", {}, []),
    OrdersRequest: request(
      "orders",
      {
        since: {
          type: ["string", "integer"],
          description:
            "Only orders from this time on: ISO 8601 (UTC without a zone), or seconds since 1970; no time to come.",
        },
        request_id: { type: "string", description: "Only the order placed with this request_id." },
        limit: { ...number, description: "How many, 1 to 1000; 100 where it is left out." },
      },
      [],
    ),
    NewPostRequest: request(
      "new_post",
      {
        order: number,
        link: { type: "string" },
        id: { type: "string", description: "Your id of the post; its link where it is left out." },
        request_id: requestIdField("the same"),
      },
      ["order", "link"],
    ),
    ClaimProductOrderRequest: request(
      "claim_product_order",
      {
        order: number,
        reason: { type: "string", minLength: 1, maxLength: 2000 },
        items: {
          ...ids,
          description: "Lines of the result as it is now, counted from 1; all if left out.",
        },
        quantity: { ...number, description: "How many items, where no lines are named." },
        request_id: requestIdField("the same claim"),
      },
      ["order", "reason"],
    ),
    ProductClaimStatusRequest: request("product_claim_status", { claim: number }, ["claim"]),
    MultipleProductClaimStatusRequest: request("product_claim_status", { claims: ids }, ["claims"]),
    ...productRequests(),
    ChangesRequest: request(
      "changes",
      {
        since: { type: "string", description: "The cursor of the last change dealt with." },
        limit: { ...number, description: "How many, 1 to 1000; 100 where it is left out." },
      },
      [],
    ),
  };
}

function productRequests(): Schema {
  const order: Schema = {
    ...number,
    description: "Product orders are numbered apart from orders.",
  };
  return {
    ProductsRequest: request("products", {}, []),
    AddProductOrder: request(
      "add_product_order",
      {
        product: number,
        quantity: { ...number, minimum: 1 },
        require: { ...lines, description: "The answer to what the product's `require` asks." },
        ...addExtras,
      },
      ["product", "quantity"],
    ),
    ProductOrderStatusRequest: request("product_order_status", { order }, ["order"]),
    MultipleProductOrderStatusRequest: request("product_order_status", { orders: ids }, ["orders"]),
    ProductOrderResultRequest: request("result_product", { order }, ["order"]),
  };
}

function productAnswers(): Schema {
  const count: Schema = { type: "integer", minimum: 1 };
  const price: Schema = { type: "number", minimum: 0, description: "Of one item; all its digits." };
  return {
    ProductList: list(
      object(
        {
          product: count,
          name: { type: "string" },
          rate: { ...price, description: "Of one item in the smallest order." },
          min: count,
          max: count,
          category: { type: "string" },
          status: { enum: ["In stock", "Out of stock"] },
          type: { enum: ["Auto", "Service"], description: "Auto: delivered by the panel itself." },
          desc: { type: "string" },
          warranty_days: { type: "integer", minimum: 0, description: "An addition." },
        },
        {
          require: { type: "string", description: "What is asked; left out where nothing is." },
          inventory: {
            type: "integer",
            minimum: 0,
            description: "Left out where it is not known.",
          },
          discounts: list(object({ quantity: count, rate: price })),
        },
      ),
    ),
    ProductOrderState: object(
      {
        charge: { type: "number", minimum: 0 },
        status: { enum: Object.values(wireProductOrderStatus) },
      },
      {
        remains: { ...count, description: "Of a Partial: how many were not delivered." },
        result: { type: "string", description: "What was delivered, line by line." },
        note: { type: "string", description: "Of a Canceled: why." },
      },
    ),
    ProductOrderStates: {
      type: "object",
      additionalProperties: { anyOf: [ref("ProductOrderState"), ref("Error")] },
    },
    ProductOrderResult: object({ result: { type: "array", items: { type: "string" } } }),
  };
}

/** What comes back, by schema name; `1dg` are the shapes of that dialect where it differs. */
export function answerSchemas(): Schema {
  const money: Schema = { type: "string", pattern: "^-?[0-9]+\\.[0-9]{2,8}$" };
  const money1dg: Schema = { type: "string", pattern: "^-?[0-9]+(\\.[0-9]*[1-9])?$" };
  const currency: Schema = { type: "string", pattern: "^[A-Z]{3}$" };
  const id: Schema = { type: "integer", minimum: 1 };
  const sentId: Schema = { type: ["integer", "string"], description: "The id as it was sent." };
  const state: Schema = {
    start_count: { type: ["string", "null"], pattern: "^[0-9]+$" },
    status: { enum: Object.values(wireStatus) },
    remains: { type: "string", pattern: "^-?[0-9]+$", description: "Below zero: over-delivered." },
  };
  const runs: Schema = {
    runs: { ...id, description: "An addition, of a drip-feed: how many runs were ordered." },
    runs_done: { type: "integer", minimum: 0, description: "How many of them have ended." },
    orders: { type: "array", items: id, description: "The orders of its runs, first to last." },
  };
  const service: Schema = {
    service: id,
    name: { type: "string" },
    type: { enum: Object.values(serviceTypes).map((type) => type.wireName) },
    min: { type: "string", pattern: "^[0-9]+$" },
    max: { type: "string", pattern: "^[0-9]+$" },
    dripfeed: { type: "boolean" },
    refill: { type: "boolean" },
    category: { type: "string" },
    desc: { type: "string" },
    refill_days: {
      type: ["integer", "null"],
      minimum: 1,
      description: "An addition: how many days after its end an order is refilled; null: no end.",
    },
    average_time: {
      type: ["integer", "null"],
      minimum: 0,
      description:
        "An addition: seconds from placing to Completed, measured; null: too few orders.",
    },
  };
  const listed: Schema = {
    order: id,
    service: id,
    link: { type: "string" },
    quantity: { type: "string", pattern: "^[0-9]+$" },
    request_id: { type: ["string", "null"] },
    date: { type: "string", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$" },
  };
  const states = (name: string): Schema => ({
    type: "object",
    additionalProperties: { anyOf: [ref(name), ref("Error")] },
  });
  return {
    ServiceList: list(object({ ...service, rate: money, cancel: { type: "boolean" } })),
    ServiceList1dg: list(object({ ...service, rate: money1dg })),
    Added: object({ order: id }),
    OrderState: object({ charge: money, ...state, currency }, runs),
    OrderState1dg: object({ charge: money1dg, ...state }, runs),
    OrderStates: states("OrderState"),
    OrderStates1dg: states("OrderState1dg"),
    Refill: object({ refill: { type: "string", pattern: "^[0-9]+$" } }),
    Refills: list(object({ order: sentId, refill: { anyOf: [id, ref("Error")] } })),
    RefillStatus: { enum: ["Pending", "In progress", "Completed", "Rejected", "Error"] },
    RefillState: {
      ...object({ status: ref("RefillStatus"), reason: { type: "string" } }),
      required: ["status"],
    },
    RefillStates: list(
      object({ refill: sentId, status: { anyOf: [ref("RefillStatus"), ref("Error")] } }),
    ),
    Cancels: list(object({ order: sentId, cancel: { anyOf: [{ const: 1 }, ref("Error")] } })),
    SingleCancel: object({ order: id, cancel: { const: 1 } }),
    CancelStatus: { enum: ["Pending", "Completed", "Rejected"] },
    CancelState: {
      ...object({ status: ref("CancelStatus"), reason: { type: "string" } }),
      required: ["status"],
    },
    CancelStates: list({
      ...object({
        order: sentId,
        status: { anyOf: [ref("CancelStatus"), ref("Error")] },
        reason: { type: "string" },
      }),
      required: ["order", "status"],
    }),
    Balance: object({ balance: money, currency }),
    Balance1dg: object({ balance: money1dg, currency }),
    OrderList: list(object({ ...listed, charge: money, ...state, currency })),
    OrderList1dg: list(object({ ...listed, charge: money1dg, ...state })),
    NewPost: object({
      order: id,
      post: { enum: ["taken", "known"], description: "`known`: announced before." },
    }),
    ProductClaim: object({ claim: id }),
    ProductClaimState: object(
      { status: { enum: ["Open", "Replaced", "Refunded", "Rejected"] } },
      { note: { type: "string", description: "Words of the panel's support." } },
    ),
    ProductClaimStates: states("ProductClaimState"),
    ...productAnswers(),
    Changes: object({
      changes: list(ref("Change")),
      cursor: { type: "string", description: "Where the next question goes on." },
      has_more: { type: "boolean" },
    }),
    Change: {
      type: "object",
      properties: {
        cursor: { type: "string" },
        event: { enum: [...eventKinds] },
        at: { type: "string", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$" },
        data: { type: "object" },
        test: { const: true, description: "Only on what a test key has made." },
      },
      required: ["cursor", "event", "at", "data"],
      additionalProperties: false,
    },
    Error: object({ error: { type: "string" } }),
  };
}

function object(always: Schema, sometimes: Schema = {}): Schema {
  const required = Object.keys(always);
  const properties = { ...always, ...sometimes };
  return { type: "object", properties, required, additionalProperties: false };
}

function list(items: Schema): Schema {
  return { type: "array", items };
}

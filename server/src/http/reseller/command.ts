import type { OrderInput } from "#orders/service-types/service-type.ts";
import { serviceTypes } from "#orders/service-types/index.ts";
import type { ProductOrderInput } from "#product-orders/read-product-order.ts";
import { isText } from "#values/text.ts";
import type { Fields } from "./fields.ts";

/** A claim as it was sent; `undefined` for what was left out. */
export type ClaimInput = {
  readonly order: string;
  readonly reason: string | undefined;
  /** Lines of the result as it is now, counted from 1. */
  readonly items: readonly string[] | undefined;
  readonly quantity: string | undefined;
  readonly requestId: string | undefined;
};

/** What a caller wants, free of the wire's spelling. Ids are still text: what is no id is unknown. */
export type Command =
  | { readonly kind: "services" }
  | { readonly kind: "balance" }
  | { readonly kind: "place_order"; readonly input: OrderInput }
  | { readonly kind: "order_state"; readonly order: string }
  | { readonly kind: "order_states"; readonly orders: readonly string[] }
  | {
      readonly kind: "refill";
      readonly order: string;
      readonly currentCount: string | undefined;
      readonly requestId: string | undefined;
    }
  | {
      readonly kind: "refills";
      readonly orders: readonly string[];
      readonly requestId: string | undefined;
    }
  | { readonly kind: "refill_state"; readonly refill: string }
  | { readonly kind: "refill_states"; readonly refills: readonly string[] }
  | { readonly kind: "cancel"; readonly order: string; readonly requestId: string | undefined }
  | {
      readonly kind: "cancels";
      readonly orders: readonly string[];
      readonly requestId: string | undefined;
    }
  | { readonly kind: "cancel_state"; readonly by: "cancel" | "order"; readonly id: string }
  | { readonly kind: "cancel_states"; readonly orders: readonly string[] }
  | {
      readonly kind: "list_orders";
      readonly since: string | undefined;
      readonly requestId: string | undefined;
      readonly limit: string | undefined;
    }
  | {
      readonly kind: "new_post";
      readonly order: string;
      readonly link: string;
      readonly postId: string | undefined;
      readonly requestId: string | undefined;
    }
  | {
      readonly kind: "changes";
      readonly since: string | undefined;
      readonly limit: string | undefined;
    }
  | { readonly kind: "products" }
  | { readonly kind: "place_product_order"; readonly input: ProductOrderInput }
  | { readonly kind: "product_order_state"; readonly order: string }
  | { readonly kind: "product_order_states"; readonly orders: readonly string[] }
  | { readonly kind: "product_order_result"; readonly order: string }
  | { readonly kind: "claim_product_order"; readonly input: ClaimInput }
  | { readonly kind: "product_claim_state"; readonly claim: string }
  | { readonly kind: "product_claim_states"; readonly claims: readonly string[] }
  /** Whatever it is about: this field of it is no text. */
  | { readonly kind: "unreadable"; readonly field: string };

/**
 * The command behind the fields; `undefined` for an action that does not exist. The official sample
 * sends `refills=5,Array` and older ones leave `action` out: both must end in an answer.
 */
export function readCommand(
  fields: Fields,
  idempotencyKey: string | undefined,
): Command | undefined {
  const field = findUnreadable(fields, idempotencyKey);
  if (field !== undefined) return { kind: "unreadable", field };
  const one = (name: string) => scalar(fields, name) ?? "";
  const requestId = () => requestIdOf(fields, idempotencyKey);
  switch (scalar(fields, "action")?.trim()) {
    case "services":
      return { kind: "services" };
    case "balance":
      return { kind: "balance" };
    case "add":
      return { kind: "place_order", input: orderInput(fields, idempotencyKey) };
    case "status": {
      const orders = list(fields, "orders") ?? severalIn(fields, "order");
      return orders
        ? { kind: "order_states", orders }
        : { kind: "order_state", order: one("order") };
    }
    case "refill": {
      const orders = list(fields, "orders") ?? severalIn(fields, "order");
      const currentCount = optional(fields, "current_count");
      return orders
        ? { kind: "refills", orders, requestId: requestId() }
        : { kind: "refill", order: one("order"), currentCount, requestId: requestId() };
    }
    case "refill_status": {
      const refills = list(fields, "refills") ?? severalIn(fields, "refill");
      return refills
        ? { kind: "refill_states", refills }
        : { kind: "refill_state", refill: one("refill") };
    }
    case "cancel": {
      const named = list(fields, "orders") ?? severalIn(fields, "order");
      // Who sends `orders` reads a list, also where nothing is in it.
      const orders = named ?? (fields.has("orders") && !fields.has("order") ? [""] : undefined);
      return orders
        ? { kind: "cancels", orders, requestId: requestId() }
        : { kind: "cancel", order: one("order"), requestId: requestId() };
    }
    case "cancel_status": {
      const orders = list(fields, "orders") ?? severalIn(fields, "order");
      if (orders !== undefined) return { kind: "cancel_states", orders };
      const by = optional(fields, "cancel") === undefined ? "order" : "cancel";
      return { kind: "cancel_state", by, id: one(by) };
    }
    case "orders":
      return {
        kind: "list_orders",
        since: optional(fields, "since"),
        requestId: optional(fields, "request_id"),
        limit: optional(fields, "limit"),
      };
    case "new_post":
      return {
        kind: "new_post",
        order: one("order"),
        link: one("link"),
        postId: optional(fields, "id"),
        requestId: requestId(),
      };
    case "changes":
      return {
        kind: "changes",
        since: optional(fields, "since"),
        limit: optional(fields, "limit"),
      };
    case "products":
      return { kind: "products" };
    case "add_product_order":
      return { kind: "place_product_order", input: productOrderInput(fields, idempotencyKey) };
    case "product_order_status": {
      const orders = list(fields, "orders") ?? severalIn(fields, "order");
      return orders
        ? { kind: "product_order_states", orders }
        : { kind: "product_order_state", order: one("order") };
    }
    case "result_product":
      return { kind: "product_order_result", order: one("order") };
    case "claim_product_order":
      return {
        kind: "claim_product_order",
        input: {
          order: one("order"),
          reason: optional(fields, "reason"),
          items: list(fields, "items"),
          quantity: optional(fields, "quantity"),
          requestId: requestId(),
        },
      };
    case "product_claim_status": {
      const claims = list(fields, "claims") ?? severalIn(fields, "claim");
      return claims
        ? { kind: "product_claim_states", claims }
        : { kind: "product_claim_state", claim: one("claim") };
    }
    default:
      return undefined;
  }
}

/** The API key that the request carries. A list in its place is no key. */
export function readApiKey(fields: Fields): string | undefined {
  return scalar(fields, "key")?.trim();
}

function scalar(fields: Fields, name: string): string | undefined {
  const value = fields.get(name);
  return typeof value === "string" ? value : undefined;
}

// Client libraries write the words for what they leave out.
function optional(fields: Fields, name: string): string | undefined {
  const value = scalar(fields, name);
  return value === undefined || value === "" || value === "undefined" || value === "null"
    ? undefined
    : value;
}

function list(fields: Fields, name: string): readonly string[] | undefined {
  const value = fields.get(name);
  if (value === undefined) return undefined;
  if (typeof value !== "string") return value.map((item) => item.trim());
  const text = optional(fields, name);
  return text?.split(",").map((item) => item.trim());
}

// Some clients put a comma list, or a list, where one id belongs, and are answered as if they had named
// it so: a list also where it has one.
function severalIn(fields: Fields, name: string): readonly string[] | undefined {
  const value = fields.get(name);
  if (typeof value === "string" && !value.includes(",")) return undefined;
  const ids = list(fields, name);
  const least = typeof value === "string" ? 2 : 1;
  return ids !== undefined && ids.length >= least ? ids : undefined;
}

/** The first field that some action reads and that is no text, or has no text in its list. */
function findUnreadable(fields: Fields, idempotencyKey: string | undefined): string | undefined {
  for (const [name, value] of fields) {
    const isFit = typeof value === "string" ? isText(value) : value.every(isText);
    if (!isFit && fieldNames.has(name)) return name;
  }
  return idempotencyKey === undefined || isText(idempotencyKey) ? undefined : "request_id";
}

/** The field wins over the header. What is no text is no id either, and is refused as one. */
function requestIdOf(fields: Fields, idempotencyKey: string | undefined): string | undefined {
  if (typeof fields.get("request_id") === "object") return unreadable;
  return optional(fields, "request_id") ?? idempotencyKey;
}

const wireNames = new Map<string, string>();

/** `answerNumber` on the wire is `answer_number`. */
export function wireNameOf(field: string): string {
  const known = wireNames.get(field);
  if (known !== undefined) return known;
  const name = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  wireNames.set(field, name);
  return name;
}

function orderInput(fields: Fields, idempotencyKey: string | undefined): OrderInput {
  return (field) => {
    const value = fields.get(wireNameOf(field));
    if (typeof value === "object") {
      // A list sent as a JSON array or as comments[]=… means its lines.
      return listFields.has(field) && value.length > 0 ? value.join("\n") : unreadable;
    }
    return field === "requestId"
      ? requestIdOf(fields, idempotencyKey)
      : optional(fields, wireNameOf(field));
  };
}

function productOrderInput(fields: Fields, idempotencyKey: string | undefined): ProductOrderInput {
  const input = orderInput(fields, idempotencyKey);
  return {
    product: input("product"),
    quantity: input("quantity"),
    require: input("require"),
    requestId: input("requestId"),
    maxCharge: input("maxCharge"),
  };
}

// No reader of a field takes it: a guard such as max_charge that cannot be read must not be dropped.
const unreadable = "\u0000";

const listFields: ReadonlySet<string> = new Set([
  "comments",
  "usernames",
  "hashtags",
  "keywords",
  "groups",
  "list",
  "suggest",
  "search",
  "require",
]);

// Without `key` and `action`, which are compared with what is known, and what nobody reads.
const fieldNames: ReadonlySet<string> = new Set([
  ...Object.values(serviceTypes).flatMap((type) => type.inputs.map(({ name }) => wireNameOf(name))),
  ..."service request_id max_charge order orders refill refills current_count cancel".split(" "),
  ..."since limit id product quantity require reason items claim claims".split(" "),
]);

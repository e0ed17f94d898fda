import type { OrderInput } from "#orders/service-types/service-type.ts";
import type { ProductOrderInput } from "#product-orders/read-product-order.ts";
import { isText } from "#values/text.ts";
import type { Command } from "#http/reseller/request/command.ts";
import type { Fields } from "#http/reseller/request/fields.ts";
import { fieldNames, listFields } from "#http/reseller/reference/field-names.ts";
import { wireNameOf } from "#http/reseller/request/wire-name.ts";

/**
 * The command behind the fields; `undefined` for an unknown action. The official sample sends
 * `refills=5,Array` and older ones leave `action` out: both must end in an answer.
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
      // A client that sends `orders` reads a list, even if nothing is in it.
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

/** The API key that the request carries. A list in its place is not a key. */
export function readApiKey(fields: Fields): string | undefined {
  return scalar(fields, "key")?.trim();
}

function scalar(fields: Fields, name: string): string | undefined {
  const value = fields.get(name);
  return typeof value === "string" ? value : undefined;
}

// Client libraries send words such as `null` for what they leave out.
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

// Some clients send a comma list, or a list, where one id belongs. They are answered as if they had
// used the field for several, even if the list has one entry.
function severalIn(fields: Fields, name: string): readonly string[] | undefined {
  const value = fields.get(name);
  if (typeof value === "string" && !value.includes(",")) return undefined;
  const ids = list(fields, name);
  const least = typeof value === "string" ? 2 : 1;
  return ids !== undefined && ids.length >= least ? ids : undefined;
}

/**
 * Finds the first field that some action reads and that is not text, or whose list holds something
 * that is not text.
 */
function findUnreadable(fields: Fields, idempotencyKey: string | undefined): string | undefined {
  for (const [name, value] of fields) {
    const isFit = typeof value === "string" ? isText(value) : value.every(isText);
    if (!isFit && fieldNames.has(name)) return name;
  }
  return idempotencyKey === undefined || isText(idempotencyKey) ? undefined : "request_id";
}

/**
 * Returns the request id; the field wins over the header. A value that is not text is not an id
 * either, and is refused as one.
 */
function requestIdOf(fields: Fields, idempotencyKey: string | undefined): string | undefined {
  if (typeof fields.get("request_id") === "object") return unreadable;
  return optional(fields, "request_id") ?? idempotencyKey;
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

// A value that every reader of a field refuses: a guard such as max_charge must not be dropped
// because it cannot be read.
const unreadable = "\u0000";

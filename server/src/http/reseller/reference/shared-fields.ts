import type { RefusalCode } from "#http/reseller/refusals/refusal.ts";
import type { FieldReference } from "./action-reference.ts";

/** An id of something that the caller has. */
export function idField(name: string, missing: RefusalCode, meaning: string): FieldReference {
  return { name, kind: "id", meaning, example: "23501", missing };
}

export const orderField = idField("order", "order_unknown", "The order's id.");
export const productOrderField = idField(
  "order",
  "order_unknown",
  "The product order's id. Product orders are numbered apart from orders.",
);

/** Several ids, each answered by itself. Without the field, the request is about a single id. */
export function idsField(name: string, missing: RefusalCode): FieldReference {
  return { name, kind: "ids", meaning: "IDs, separated by commas.", example: "1,10,100", missing };
}

export const ordersField = idsField("orders", "order_unknown");

/** The caller's own id of a request; `what` says what a repeated request returns. */
export function requestIdField(what: string): FieldReference {
  return {
    name: "request_id",
    kind: "text",
    meaning:
      `The caller's own id. The same request again answers ${what}. ` +
      "The header Idempotency-Key does the same.",
    example: "my-order-1",
    min: 1,
    max: 128,
    isAddition: true,
  };
}

export const maxChargeField: FieldReference = {
  name: "max_charge",
  kind: "decimal",
  meaning: "An order that would cost more is refused.",
  example: "1.25",
  isAddition: true,
};

export const limitField: FieldReference = {
  name: "limit",
  kind: "count",
  meaning: "How many; 100 where it is left out.",
  example: "100",
  min: 1,
  max: 1000,
};

import type { OrderInput } from "#orders/service-types/service-type.ts";
import type { ProductOrderInput } from "#product-orders/read-product-order.ts";

/** A claim as it was sent; `undefined` for what was left out. */
export type ClaimInput = {
  readonly order: string;
  readonly reason: string | undefined;
  /** Lines of the result as it is now, counted from 1. */
  readonly items: readonly string[] | undefined;
  readonly quantity: string | undefined;
  readonly requestId: string | undefined;
};

/**
 * What a caller wants, without the wire's spelling. Ids are still text; a text that is not an id
 * counts as unknown.
 */
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
  /** Whatever the request is about: this field of it is not text. */
  | { readonly kind: "unreadable"; readonly field: string };

/** The ids that a command is about, in the order in which they were sent. */
export function idsOf(command: Command): readonly string[] {
  if ("orders" in command) return command.orders;
  if ("claims" in command) return command.claims;
  return "refills" in command ? command.refills : [];
}

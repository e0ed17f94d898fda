import type { ApiKeyScope } from "#customers/api-key.ts";
import type { Command } from "./command.ts";

/** The scope that a key needs for each kind of command. */
export const commandScopes: Readonly<Record<Command["kind"], ApiKeyScope>> = {
  unreadable: "read",
  services: "read",
  balance: "read",
  order_state: "read",
  order_states: "read",
  refill_state: "read",
  refill_states: "read",
  cancel_state: "read",
  cancel_states: "read",
  list_orders: "read",
  changes: "read",
  products: "read",
  product_order_state: "read",
  product_order_states: "read",
  product_order_result: "read",
  product_claim_state: "read",
  product_claim_states: "read",
  place_product_order: "order",
  claim_product_order: "order",
  new_post: "order",
  place_order: "order",
  refill: "order",
  refills: "order",
  cancel: "order",
  cancels: "order",
};

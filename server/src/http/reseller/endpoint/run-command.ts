import { placeOrder } from "#orders/placing/place-order.ts";
import type { OrderInput } from "#orders/service-types/service-type.ts";
import { cancelMany, cancelOne, cancelState, cancelStates } from "#http/reseller/actions/cancel.ts";
import { changes } from "#http/reseller/actions/changes.ts";
import { claimProductOrder, claimState, claimStates } from "#http/reseller/actions/claims.ts";
import { listOrders } from "#http/reseller/actions/list-orders.ts";
import {
  addProductOrder,
  productOrderResult,
  productOrderState,
  productOrderStates,
} from "#http/reseller/actions/product-orders.ts";
import { products } from "#http/reseller/actions/products.ts";
import { newPost } from "#http/reseller/actions/new-post.ts";
import { refillMany, refillOne, refillState, refillStates } from "#http/reseller/actions/refill.ts";
import { orderState, orderStates } from "#http/reseller/actions/status.ts";
import { json, refusedWith } from "#http/reseller/answer.ts";
import type { Answer } from "#http/reseller/answer.ts";
import { callerOf, callerRefusal } from "#http/reseller/call.ts";
import type { Call } from "#http/reseller/call.ts";
import { idsOf } from "#http/reseller/request/command.ts";
import type { Command } from "#http/reseller/request/command.ts";
import { idsMax } from "#http/reseller/request/bounds.ts";
import { commandScopes } from "#http/reseller/request/command-scopes.ts";
import type { ResellerRefusal } from "#http/reseller/refusals/refusal.ts";

/**
 * Runs a command for the key's customer. Returns `key_dead` where a statement found that the key
 * was changed or revoked since it was remembered: the caller reads the key again and decides.
 */
export function runCommand(call: Call, command: Command): Promise<Answer> | Answer {
  const scope = commandScopes[command.kind];
  if (!call.key.scopes.includes(scope)) return refusedWith({ code: "scope_missing", scope });
  if (idsOf(command).length > 2 * idsMax) return refusedWith({ code: "too_many_ids", max: idsMax });
  switch (command.kind) {
    case "unreadable":
      return refusedWith(unreadable(command.field));
    case "services":
      return services(call);
    case "balance":
      return balance(call);
    case "place_order":
      return add(call, command.input);
    case "order_state":
      return orderState(call, command.order);
    case "order_states":
      return orderStates(call, command.orders);
    case "refill":
      return refillOne(call, command);
    case "refills":
      return refillMany(call, command);
    case "refill_state":
      return refillState(call, command.refill);
    case "refill_states":
      return refillStates(call, command.refills);
    case "cancel":
      return cancelOne(call, command);
    case "cancels":
      return cancelMany(call, command);
    case "cancel_state":
      return cancelState(call, command);
    case "cancel_states":
      return cancelStates(call, command.orders);
    case "list_orders":
      return listOrders(call, command);
    case "new_post":
      return newPost(call, command);
    case "changes":
      return changes(call, command);
    case "products":
      return products(call);
    case "place_product_order":
      return addProductOrder(call, command.input);
    case "product_order_state":
      return productOrderState(call, command.order);
    case "product_order_states":
      return productOrderStates(call, command.orders);
    case "product_order_result":
      return productOrderResult(call, command.order);
    case "claim_product_order":
      return claimProductOrder(call, command.input);
    case "product_claim_state":
      return claimState(call, command.claim);
    case "product_claim_states":
      return claimStates(call, command.claims);
  }
}

function unreadable(field: string): ResellerRefusal {
  return field === "request_id"
    ? { code: "request_id_invalid", field }
    : { code: "field_invalid", field, expected: "text in UTF-8" };
}

async function add({ context, key }: Call, input: OrderInput): Promise<Answer> {
  const placed = await placeOrder(context, key, input);
  return placed.ok ? json({ order: placed.value.orderId }) : refusedWith(placed.refusal);
}

/** The service list with this customer's prices. `key` must have been read for this request. */
async function services({ context, key, dialect }: Call): Promise<Answer> {
  // So that what an operator has just put on sale is in the list at once, on every process.
  await context.catalog.refresh();
  const prices = await context.catalog.pricesOf(key.accountId, key.priceVersion);
  return { kind: "list", list: await context.lists.listFor(dialect, key.accountId, prices) };
}

async function balance({ context, key, dialect }: Call): Promise<Answer> {
  const answer = await context.lookups.balances.ask({ caller: callerOf(key) });
  if (answer.caller !== "ok") return refusedWith(callerRefusal(answer.caller));
  return json({
    balance: dialect.money(answer.found),
    currency: context.settings().currency,
  });
}

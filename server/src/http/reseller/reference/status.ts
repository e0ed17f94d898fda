import { wireStatus } from "#values/order-status.ts";
import type { ActionReference } from "./action-reference.ts";
import { byId, currency, digits, id, list, money, money1dg, moment, object } from "./schema.ts";
import type { Schema } from "./schema.ts";
import { orderField, ordersField } from "./shared-fields.ts";

/** What every order's state has besides its charge. */
export const orderState: Schema = {
  start_count: { ...digits, type: ["string", "null"] },
  status: { enum: Object.values(wireStatus) },
  remains: { type: "string", pattern: "^-?[0-9]+$", description: "Below zero: over-delivered." },
};

const orders = list(id);

const ofDripFeed: Schema = {
  runs: { ...id, description: "An addition, of a drip-feed: how many runs were ordered." },
  runs_done: { type: "integer", minimum: 0, description: "How many of them have ended." },
  orders: { ...orders, description: "The orders of its runs, first to last." },
};

const subscription: Schema = {
  ...orderState,
  status: { enum: ["Active", "Paused", "Completed", "Partial", "Canceled", "Expired"] },
  expiry: { type: ["string", "null"], description: "Its last day, d/m/Y; null: none." },
  posts: { ...digits, type: ["string", "null"], description: "New posts; null: without an end." },
  orders: { ...orders, description: "The orders of its posts, first to last." },
};

const ofFeed: Schema = {
  feed_problem: { type: "string", description: "An addition: why its feed cannot be read." },
  feed_problem_since: moment,
  feed_skipped: { ...id, description: "Entries of the last reading that name no post to order." },
};

const state = {
  charge: "0.27819",
  start_count: "3572",
  status: "Partial",
  remains: "157",
};

export const status: ActionReference = {
  action: "status",
  group: "shared",
  forms: [
    {
      id: "status",
      name: "Order status",
      summary: "The state of one order. That of a drip-feed and of a subscription has more to it.",
      command: "order_state",
      fields: [orderField],
      request: "StatusRequest",
      answers: ["OrderState", "SubscriptionState", "OrderState1dg", "SubscriptionState1dg"],
      example: (currency) => ({ ...state, currency }),
      refusals: ["order_unknown"],
    },
    {
      id: "statuses",
      name: "Multiple orders status",
      summary: "The states of several orders, by the ids as they were sent.",
      command: "order_states",
      fields: [ordersField],
      request: "MultipleStatusRequest",
      answers: ["OrderStates", "OrderStates1dg"],
      example: (currency) => ({
        1: { ...state, currency },
        10: { error: "Incorrect order ID" },
        100: {
          charge: "1.44219",
          start_count: "234",
          status: "In progress",
          remains: "10",
          currency,
        },
      }),
      refusals: ["too_many_ids"],
      refusalsInPlace: ["order_unknown", "too_many_ids"],
    },
  ],
  schemas: {
    OrderState: object({ charge: money, ...orderState, currency }, ofDripFeed),
    OrderState1dg: object({ charge: money1dg, ...orderState }, ofDripFeed),
    SubscriptionState: object({ charge: money, ...subscription, currency }, ofFeed),
    SubscriptionState1dg: object({ charge: money1dg, ...subscription }, ofFeed),
    OrderStates: byId("OrderState", "SubscriptionState"),
    OrderStates1dg: byId("OrderState1dg", "SubscriptionState1dg"),
  },
};

import type { ActionReference } from "./action-reference.ts";
import { currency, digits, id, list, money, money1dg, moment, object } from "./schema.ts";
import type { Schema } from "./schema.ts";
import { limitField } from "./shared-fields.ts";
import { orderState } from "./status.ts";

const listed: Schema = {
  order: id,
  service: id,
  link: { type: "string" },
  quantity: digits,
  request_id: { type: ["string", "null"] },
  date: moment,
};

export const orders: ActionReference = {
  action: "orders",
  group: "addition",
  forms: [
    {
      id: "orders",
      name: "List of orders",
      summary: "The newest orders, to find one whose answer was lost.",
      command: "list_orders",
      fields: [
        {
          name: "since",
          kind: "moment",
          meaning:
            "Only orders from this time on: ISO 8601 (UTC without a zone), or seconds since 1970; " +
            "no time to come.",
          example: "2026-01-31T12:00:00Z",
        },
        {
          name: "request_id",
          kind: "text",
          meaning: "Only the order placed with this request_id.",
          example: "my-order-1",
        },
        limitField,
      ],
      request: "OrdersRequest",
      answers: ["OrderList", "OrderList1dg"],
      example: (currency) => [
        {
          order: 23_501,
          service: 1,
          link: "https://example.com/page",
          quantity: "1000",
          charge: "0.90",
          start_count: null,
          status: "Pending",
          remains: "1000",
          currency,
          request_id: "my-order-1",
          date: "2026-01-31T12:00:00.000Z",
        },
      ],
      refusals: ["filter_invalid"],
    },
  ],
  schemas: {
    OrderList: list(object({ ...listed, charge: money, ...orderState, currency })),
    OrderList1dg: list(object({ ...listed, charge: money1dg, ...orderState })),
  },
};

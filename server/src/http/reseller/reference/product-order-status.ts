import { wireProductOrderStatus } from "#values/product-order-status.ts";
import type { ActionReference } from "./action-reference.ts";
import { byId, id, object } from "./schema.ts";
import { ordersField, productOrderField } from "./shared-fields.ts";

export const productOrderStatus: ActionReference = {
  action: "product_order_status",
  group: "goods",
  forms: [
    {
      id: "product_status",
      name: "Product order status",
      summary: "The state of one product order, with what was delivered.",
      command: "product_order_state",
      fields: [productOrderField],
      request: "ProductOrderStatusRequest",
      answers: ["ProductOrderState"],
      example: () => ({
        charge: 7.5,
        status: "Completed",
        result: "c85c1d1a-9ef3-4d01-8c58-3dfaf3bbc78e",
      }),
      refusals: ["order_unknown", "delivery_unavailable"],
    },
    {
      id: "product_statuses",
      name: "Multiple product orders status",
      summary: "The states of several product orders, by the ids as they were sent.",
      command: "product_order_states",
      fields: [ordersField],
      request: "MultipleProductOrderStatusRequest",
      answers: ["ProductOrderStates"],
      example: () => ({
        123: {
          charge: 5,
          status: "Partial",
          remains: 1,
          result: "c85c1d1a-9ef3-4d01-8c58-3dfaf3bbc78e\n0b6b2c5c-2a55-4f6c-9d0a-7f6e4a1f1d11",
        },
        456: { error: "Incorrect order ID" },
        789: { charge: 0, status: "Canceled", note: "Out of stock" },
      }),
      refusals: ["too_many_ids"],
      refusalsInPlace: ["order_unknown", "delivery_unavailable", "too_many_ids"],
    },
  ],
  schemas: {
    ProductOrderState: object(
      {
        charge: { type: "number", minimum: 0 },
        status: { enum: Object.values(wireProductOrderStatus) },
      },
      {
        remains: { ...id, description: "Of a Partial: how many were not delivered." },
        result: { type: "string", description: "What was delivered, line by line." },
        note: { type: "string", description: "Of a Canceled: why." },
      },
    ),
    ProductOrderStates: byId("ProductOrderState"),
  },
};

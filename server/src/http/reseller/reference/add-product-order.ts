import type { ActionReference } from "./action-reference.ts";
import { idField, maxChargeField, requestIdField } from "./shared-fields.ts";

export const addProductOrder: ActionReference = {
  action: "add_product_order",
  group: "goods",
  forms: [
    {
      id: "add_product",
      name: "Add product order",
      summary: "Buys digital goods. What is in stock is delivered at once.",
      command: "place_product_order",
      fields: [
        idField("product", "product_unknown", "The product's id, from the list of products."),
        {
          name: "quantity",
          kind: "count",
          meaning: "How many items, from `min` to `max` of the product.",
          example: "2",
          min: 1,
          missing: "quantity_required",
        },
        {
          name: "require",
          kind: "lines",
          meaning: "The answer to what the product's `require` asks; needed where it asks.",
          example: "somebody@example.com",
        },
        requestIdField("the same order and charges nothing"),
        maxChargeField,
      ],
      request: "AddProductOrder",
      answers: ["Added"],
      example: () => ({ order: 99_999 }),
      refusals: [
        "product_unknown",
        "quantity_required",
        "quantity_invalid",
        "quantity_below_min",
        "quantity_above_max",
        "field_required",
        "out_of_stock",
        "delivery_unavailable",
        "insufficient_funds",
        "max_charge_invalid",
        "price_above_max_charge",
        "request_id_used",
      ],
    },
  ],
  schemas: {},
};

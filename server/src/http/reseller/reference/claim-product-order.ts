import type { ActionReference } from "./action-reference.ts";
import { id, object } from "./schema.ts";
import { productOrderField, requestIdField } from "./shared-fields.ts";

export const claimProductOrder: ActionReference = {
  action: "claim_product_order",
  group: "addition",
  forms: [
    {
      id: "claim_product",
      name: "Claim items of a product order",
      summary: "Says that delivered items do not work, and asks for others.",
      command: "claim_product_order",
      fields: [
        productOrderField,
        {
          name: "reason",
          kind: "text",
          meaning: "What is wrong, in words for the panel's staff.",
          example: "The code was used before",
          min: 1,
          max: 2000,
          missing: "field_required",
        },
        {
          name: "items",
          kind: "ids",
          meaning: "Lines of the result as it is now, counted from 1; all where it is left out.",
          example: "1,3",
        },
        {
          name: "quantity",
          kind: "count",
          meaning: "How many items, where no lines are named.",
          example: "2",
        },
        requestIdField("the same claim"),
      ],
      request: "ClaimProductOrderRequest",
      answers: ["ProductClaim"],
      example: () => ({ claim: 7 }),
      refusals: [
        "order_unknown",
        "field_required",
        "quantity_invalid",
        "quantity_below_min",
        "quantity_above_max",
        "order_not_completed",
        "claim_open",
        "warranty_none",
        "warranty_over",
        "request_id_used",
      ],
    },
  ],
  schemas: { ProductClaim: object({ claim: id }) },
};

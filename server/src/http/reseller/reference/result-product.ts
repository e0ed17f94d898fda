import type { ActionReference } from "./action-reference.ts";
import { list, object } from "./schema.ts";
import { productOrderField } from "./shared-fields.ts";

export const resultProduct: ActionReference = {
  action: "result_product",
  group: "goods",
  forms: [
    {
      id: "product_result",
      name: "Product order result",
      summary: "What was delivered for a product order, line by line.",
      command: "product_order_result",
      fields: [productOrderField],
      request: "ProductOrderResultRequest",
      answers: ["ProductOrderResult"],
      example: () => ({
        result: ["c85c1d1a-9ef3-4d01-8c58-3dfaf3bbc78e", "0b6b2c5c-2a55-4f6c-9d0a-7f6e4a1f1d11"],
      }),
      refusals: ["order_unknown", "delivery_unavailable"],
    },
  ],
  schemas: { ProductOrderResult: object({ result: list({ type: "string" }) }) },
};

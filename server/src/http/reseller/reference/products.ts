import type { ActionReference } from "./action-reference.ts";
import { id as count, list, object } from "./schema.ts";
import type { Schema } from "./schema.ts";

const price: Schema = { type: "number", minimum: 0, description: "Of one item; all its digits." };

export const products: ActionReference = {
  action: "products",
  group: "goods",
  forms: [
    {
      id: "products",
      name: "Product list",
      summary: "All digital goods on sale, at the caller's own prices.",
      command: "products",
      fields: [],
      request: "ProductsRequest",
      answers: ["ProductList"],
      example: () => [
        {
          product: 1,
          name: "Netflix premium 1 month",
          require: "Input your account",
          rate: 2.5,
          min: 1,
          max: 10,
          category: "Netflix",
          status: "In stock",
          inventory: 40,
          type: "Auto",
          desc: "",
          warranty_days: 30,
          discounts: [{ quantity: 5, rate: 2.25 }],
        },
        {
          product: 3,
          name: "Facebook account 5000 friends",
          rate: 0.5,
          min: 1,
          max: 2,
          category: "Facebook",
          status: "In stock",
          type: "Service",
          desc: "",
          warranty_days: 0,
        },
      ],
      refusals: [],
    },
  ],
  schemas: {
    ProductList: list(
      object(
        {
          product: count,
          name: { type: "string" },
          rate: { ...price, description: "Of one item in the smallest order." },
          min: count,
          max: count,
          category: { type: "string" },
          status: { enum: ["In stock", "Out of stock"] },
          type: { enum: ["Auto", "Service"], description: "Auto: delivered by the panel itself." },
          desc: { type: "string" },
          warranty_days: { type: "integer", minimum: 0, description: "An addition." },
        },
        {
          require: { type: "string", description: "What is asked; left out where nothing is." },
          inventory: {
            type: "integer",
            minimum: 0,
            description: "Left out where it is not known.",
          },
          discounts: list(object({ quantity: count, rate: price })),
        },
      ),
    ),
  },
};

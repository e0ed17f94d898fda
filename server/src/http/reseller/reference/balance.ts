import type { ActionReference } from "./action-reference.ts";
import { currency, money, money1dg, object } from "./schema.ts";

export const balance: ActionReference = {
  action: "balance",
  group: "shared",
  forms: [
    {
      id: "balance",
      name: "User balance",
      summary: "What the caller can still spend.",
      command: "balance",
      fields: [],
      request: "BalanceRequest",
      answers: ["Balance", "Balance1dg"],
      example: (currency) => ({ balance: "100.84292", currency }),
      refusals: [],
    },
  ],
  schemas: {
    Balance: object({ balance: money, currency }),
    Balance1dg: object({ balance: money1dg, currency }),
  },
};

import type { RefusalCode } from "#http/reseller/refusals/refusal.ts";
import type { ActionReference } from "./action-reference.ts";
import { digits, id, list, object, ref, sentId } from "./schema.ts";
import { orderField, ordersField, requestIdField } from "./shared-fields.ts";

const refusalsOfOne: readonly RefusalCode[] = [
  "order_unknown",
  "refill_disabled",
  "order_not_completed",
  "refill_open",
  "refill_expired",
  "refill_too_early",
];

export const refill: ActionReference = {
  action: "refill",
  group: "shared",
  forms: [
    {
      id: "refill",
      name: "Create refill",
      summary: "Asks for a refill of a delivered order.",
      command: "refill",
      fields: [
        orderField,
        {
          name: "current_count",
          kind: "count",
          meaning: "How many there are now: a drop that is too small is refused at once.",
          example: "950",
          isAddition: true,
        },
        requestIdField("the same refill"),
      ],
      request: "RefillRequest",
      answers: ["Refill"],
      example: () => ({ refill: "1" }),
      refusals: [...refusalsOfOne, "refill_drop_small", "request_id_used"],
    },
    {
      id: "refills",
      name: "Create multiple refill",
      summary: "Asks for refills of several orders.",
      command: "refills",
      fields: [ordersField, requestIdField("the same refills")],
      request: "MultipleRefillRequest",
      answers: ["Refills"],
      example: () => [
        { order: 1, refill: 1 },
        { order: 2, refill: 2 },
        { order: 3, refill: { error: "Incorrect order ID" } },
      ],
      refusals: ["request_id_used", "too_many_ids"],
      refusalsInPlace: [...refusalsOfOne, "too_many_ids", "unavailable"],
    },
  ],
  schemas: {
    Refill: object({ refill: digits }),
    Refills: list(object({ order: sentId, refill: { anyOf: [id, ref("Error")] } })),
  },
};

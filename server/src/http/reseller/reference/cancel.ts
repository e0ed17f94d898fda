import type { RefusalCode } from "#http/reseller/refusals/refusal.ts";
import type { ActionReference } from "./action-reference.ts";
import { id, list, object, ref, sentId } from "./schema.ts";
import { orderField, ordersField, requestIdField } from "./shared-fields.ts";

const refusalsOfOne: readonly RefusalCode[] = [
  "order_unknown",
  "cancel_disabled",
  "order_finished",
];

export const cancel: ActionReference = {
  action: "cancel",
  group: "shared",
  forms: [
    {
      id: "cancel",
      name: "Create cancel",
      summary: "Asks for orders to be cancelled. `1` says that the request was taken, not more.",
      command: "cancels",
      fields: [ordersField, requestIdField("the same")],
      request: "CancelRequest",
      answers: ["Cancels"],
      example: () => [
        { order: 9, cancel: { error: "Incorrect order ID" } },
        { order: 2, cancel: 1 },
      ],
      refusals: ["request_id_used", "too_many_ids"],
      refusalsInPlace: [...refusalsOfOne, "too_many_ids", "unavailable"],
    },
    {
      id: "cancel_one",
      name: "Create cancel of one order",
      summary: "The same of one `order`, with the error on top.",
      command: "cancel",
      fields: [orderField, requestIdField("the same")],
      request: "SingleCancelRequest",
      answers: ["SingleCancel"],
      example: () => ({ order: 2, cancel: 1 }),
      refusals: [...refusalsOfOne, "request_id_used"],
    },
  ],
  schemas: {
    Cancels: list(object({ order: sentId, cancel: { anyOf: [{ const: 1 }, ref("Error")] } })),
    SingleCancel: object({ order: id, cancel: { const: 1 } }),
  },
};

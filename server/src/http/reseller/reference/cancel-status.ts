import type { ActionReference } from "./action-reference.ts";
import { list, object, ref, sentId } from "./schema.ts";
import { idField, orderField, ordersField } from "./shared-fields.ts";

const reason = { reason: { type: "string", description: "Of a Rejected." } };

export const cancelStatus: ActionReference = {
  action: "cancel_status",
  group: "addition",
  forms: [
    {
      id: "cancel_status",
      name: "Get cancel status",
      summary: "What became of the newest request to cancel an order.",
      command: "cancel_state",
      fields: [orderField],
      request: "CancelStatusRequest",
      answers: ["CancelState"],
      example: () => ({ status: "Rejected", reason: "It could not be done in time" }),
      refusals: ["order_unknown", "cancel_unknown"],
    },
    {
      id: "cancel_status_by_id",
      name: "Get cancel status by its id",
      summary: "The same of one request, by the id that `cancel.updated` names.",
      command: "cancel_state",
      fields: [idField("cancel", "order_unknown", "The request's id.")],
      request: "CancelStatusByIdRequest",
      answers: ["CancelState"],
      example: () => ({ status: "Completed" }),
      refusals: ["cancel_unknown"],
    },
    {
      id: "cancel_statuses",
      name: "Get multiple cancel status",
      summary: "The same of several orders.",
      command: "cancel_states",
      fields: [ordersField],
      request: "MultipleCancelStatusRequest",
      answers: ["CancelStates"],
      example: () => [
        { order: 2, status: "Completed" },
        { order: 9, status: { error: "Incorrect order ID" } },
      ],
      refusals: ["too_many_ids"],
      refusalsInPlace: ["order_unknown", "cancel_unknown", "too_many_ids"],
    },
  ],
  schemas: {
    CancelStatus: { enum: ["Pending", "Completed", "Rejected"] },
    CancelState: object({ status: ref("CancelStatus") }, reason),
    CancelStates: list(
      object({ order: sentId, status: { anyOf: [ref("CancelStatus"), ref("Error")] } }, reason),
    ),
  },
};

import type { ActionReference } from "./action-reference.ts";
import { list, object, ref, sentId } from "./schema.ts";
import { idField, idsField } from "./shared-fields.ts";

export const refillStatus: ActionReference = {
  action: "refill_status",
  group: "shared",
  forms: [
    {
      id: "refill_status",
      name: "Get refill status",
      summary: "The state of one refill.",
      command: "refill_state",
      fields: [idField("refill", "refill_unknown", "The refill's id, as `refill` answered it.")],
      request: "RefillStatusRequest",
      answers: ["RefillState"],
      example: () => ({ status: "Completed" }),
      refusals: ["refill_unknown"],
    },
    {
      id: "refill_statuses",
      name: "Get multiple refill status",
      summary: "The states of several refills.",
      command: "refill_states",
      fields: [idsField("refills", "refill_unknown")],
      request: "MultipleRefillStatusRequest",
      answers: ["RefillStates"],
      example: () => [
        { refill: 1, status: "Completed" },
        { refill: 2, status: "Rejected" },
        { refill: 3, status: { error: "Refill not found" } },
      ],
      refusals: ["too_many_ids"],
      refusalsInPlace: ["refill_unknown", "too_many_ids"],
    },
  ],
  schemas: {
    RefillStatus: { enum: ["Pending", "In progress", "Completed", "Rejected", "Error"] },
    RefillState: object(
      { status: ref("RefillStatus") },
      { reason: { type: "string", description: "An addition, of a Rejected." } },
    ),
    RefillStates: list(
      object({ refill: sentId, status: { anyOf: [ref("RefillStatus"), ref("Error")] } }),
    ),
  },
};

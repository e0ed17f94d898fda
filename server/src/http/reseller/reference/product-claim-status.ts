import type { ActionReference } from "./action-reference.ts";
import { byId, object } from "./schema.ts";
import { idField, idsField } from "./shared-fields.ts";

export const productClaimStatus: ActionReference = {
  action: "product_claim_status",
  group: "addition",
  forms: [
    {
      id: "product_claim_status",
      name: "Product claim status",
      summary: "What became of a claim.",
      command: "product_claim_state",
      fields: [
        idField("claim", "claim_unknown", "The claim's id, as `claim_product_order` answered it."),
      ],
      request: "ProductClaimStatusRequest",
      answers: ["ProductClaimState"],
      example: () => ({ status: "Rejected", note: "It works" }),
      refusals: ["claim_unknown"],
    },
    {
      id: "product_claim_statuses",
      name: "Multiple product claims status",
      summary: "The same of several claims, by the ids as they were sent.",
      command: "product_claim_states",
      fields: [idsField("claims", "claim_unknown")],
      request: "MultipleProductClaimStatusRequest",
      answers: ["ProductClaimStates"],
      example: () => ({ 7: { status: "Replaced" }, 9: { error: "Claim not found" } }),
      refusals: ["too_many_ids"],
      refusalsInPlace: ["claim_unknown", "too_many_ids"],
    },
  ],
  schemas: {
    ProductClaimState: object(
      { status: { enum: ["Open", "Replaced", "Refunded", "Rejected"] } },
      { note: { type: "string", description: "Words of the panel's support." } },
    ),
    ProductClaimStates: byId("ProductClaimState"),
  },
};

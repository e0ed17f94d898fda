import { ok, refused } from "#values/result.ts";
import { linkInput, quantityInput, readLink, readQuantity, readText } from "./fields.ts";
import type { ServiceType } from "./service-type.ts";

/** Votes for one answer of a poll. */
export const poll: ServiceType = {
  wireName: "Poll",
  pricing: "per_thousand",
  inputs: [
    linkInput,
    quantityInput,
    {
      name: "answerNumber",
      kind: "number",
      isRequired: true,
      meaning: "The number of the answer to vote for.",
      example: "3",
    },
  ],
  read(input, service) {
    const link = readLink(input);
    if (!link.ok) return link;
    const quantity = readQuantity(input, service);
    if (!quantity.ok) return quantity;
    // Kept as text: some platforms number answers by ids beyond 2^53.
    const answerNumber = readText(input, "answerNumber");
    if (!answerNumber.ok) return answerNumber;
    if (!/^[0-9]+$/.test(answerNumber.value)) {
      return refused({ code: "field_invalid", field: "answerNumber", expected: "a whole number" });
    }
    return ok({
      link: link.value,
      quantity: quantity.value,
      fields: { answerNumber: answerNumber.value },
    });
  },
};

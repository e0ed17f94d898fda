import { ok } from "#values/result.ts";
import { linkInput, quantityInput, readLink, readQuantity, readLines } from "./fields.ts";
import type { ServiceType } from "./service-type.ts";

/** 1DG: views by way of the suggested videos or search words in `list`, one on each line. */
export const special1dg: ServiceType = {
  wireName: "Special (1DG)",
  pricing: "per_thousand",
  inputs: [
    linkInput,
    quantityInput,
    {
      name: "list",
      kind: "lines",
      isRequired: true,
      meaning: "Suggested videos or search words, one a line.",
      example: "https://example.com/video/1",
    },
  ],
  read(input, service) {
    const link = readLink(input);
    if (!link.ok) return link;
    const quantity = readQuantity(input, service);
    if (!quantity.ok) return quantity;
    const list = readLines(input, "list");
    if (!list.ok) return list;
    return ok({
      link: link.value,
      quantity: quantity.value,
      fields: { list: list.value },
    });
  },
};

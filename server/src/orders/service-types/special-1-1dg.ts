import { ok, refused } from "#values/result.ts";
import { linkInput, quantityInput, readLink, readOptionalLines, readQuantity } from "./fields.ts";
import type { ServiceType } from "./service-type.ts";

/** 1DG: views by way of suggested videos, search words or both: at least one of the lists. */
export const specialOne1dg: ServiceType = {
  wireName: "Special 1 (1DG)",
  pricing: "per_thousand",
  inputs: [
    linkInput,
    quantityInput,
    {
      name: "suggest",
      kind: "lines",
      isRequired: false,
      meaning: "Suggested videos, one a line. This list or `search` is needed.",
      example: "https://example.com/video/1",
    },
    {
      name: "search",
      kind: "lines",
      isRequired: false,
      meaning: "Search words, one a line. This list or `suggest` is needed.",
      example: "shoes",
    },
  ],
  read(input, service) {
    const link = readLink(input);
    if (!link.ok) return link;
    const quantity = readQuantity(input, service);
    if (!quantity.ok) return quantity;
    const suggest = readOptionalLines(input, "suggest");
    if (!suggest.ok) return suggest;
    const search = readOptionalLines(input, "search");
    if (!search.ok) return search;
    if (suggest.value.length === 0 && search.value.length === 0) {
      return refused({ code: "field_required", field: "suggest" });
    }
    return ok({
      link: link.value,
      quantity: quantity.value,
      fields: {
        ...(suggest.value.length > 0 && { suggest: suggest.value }),
        ...(search.value.length > 0 && { search: search.value }),
      },
    });
  },
};

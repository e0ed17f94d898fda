import { ok } from "#values/result.ts";
import { linkInput, quantityInput, readLink, readQuantity, readWords } from "./fields.ts";
import type { ServiceType } from "./service-type.ts";

/** Visits by way of the given search words. */
export const seo: ServiceType = {
  wireName: "SEO",
  pricing: "per_thousand",
  inputs: [
    linkInput,
    quantityInput,
    {
      name: "keywords",
      kind: "lines",
      isRequired: true,
      meaning: "Search words, one a line or separated by commas.",
      example: "shoes\nboots",
    },
  ],
  read(input, service) {
    const link = readLink(input);
    if (!link.ok) return link;
    const quantity = readQuantity(input, service);
    if (!quantity.ok) return quantity;
    const keywords = readWords(input, "keywords");
    if (!keywords.ok) return keywords;
    return ok({
      link: link.value,
      quantity: quantity.value,
      fields: { keywords: keywords.value },
    });
  },
};

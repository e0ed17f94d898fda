import { ok } from "#values/result.ts";
import { linkInput, quantityInput, readLink, readQuantity, readText } from "./fields.ts";
import type { ServiceType } from "./service-type.ts";

/** Mentions of users who posted under one hashtag. */
export const mentionsHashtag: ServiceType = {
  wireName: "Mentions Hashtag",
  pricing: "per_thousand",
  inputs: [
    linkInput,
    quantityInput,
    {
      name: "hashtag",
      kind: "text",
      isRequired: true,
      meaning: "The hashtag whose users are mentioned.",
      example: "#sun",
    },
  ],
  read(input, service) {
    const link = readLink(input);
    if (!link.ok) return link;
    const quantity = readQuantity(input, service);
    if (!quantity.ok) return quantity;
    const hashtag = readText(input, "hashtag");
    if (!hashtag.ok) return hashtag;
    return ok({
      link: link.value,
      quantity: quantity.value,
      fields: { hashtag: hashtag.value },
    });
  },
};

import { ok } from "#values/result.ts";
import {
  usernamesInput,
  linkInput,
  quantityInput,
  readLink,
  readQuantity,
  readWords,
} from "./fields.ts";
import type { ServiceType } from "./service-type.ts";

/** Mentions of the given users together with hashtags. */
export const mentionsWithHashtags: ServiceType = {
  wireName: "Mentions with Hashtags",
  pricing: "per_thousand",
  inputs: [
    linkInput,
    quantityInput,
    usernamesInput,
    {
      name: "hashtags",
      kind: "lines",
      isRequired: true,
      meaning: "Hashtags, one a line or separated by commas.",
      example: "#sun\n#sea",
    },
  ],
  read(input, service) {
    const link = readLink(input);
    if (!link.ok) return link;
    const quantity = readQuantity(input, service);
    if (!quantity.ok) return quantity;
    const usernames = readWords(input, "usernames");
    if (!usernames.ok) return usernames;
    const hashtags = readWords(input, "hashtags");
    if (!hashtags.ok) return hashtags;
    return ok({
      link: link.value,
      quantity: quantity.value,
      fields: { usernames: usernames.value, hashtags: hashtags.value },
    });
  },
};

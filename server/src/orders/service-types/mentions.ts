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

/** Mentions of the given users. */
export const mentions: ServiceType = {
  wireName: "Mentions",
  pricing: "per_thousand",
  inputs: [linkInput, quantityInput, usernamesInput],
  read(input, service) {
    const link = readLink(input);
    if (!link.ok) return link;
    const quantity = readQuantity(input, service);
    if (!quantity.ok) return quantity;
    const usernames = readWords(input, "usernames");
    if (!usernames.ok) return usernames;
    return ok({
      link: link.value,
      quantity: quantity.value,
      fields: { usernames: usernames.value },
    });
  },
};

import { ok } from "#values/result.ts";
import {
  usernameInput,
  linkInput,
  quantityInput,
  readLink,
  readQuantity,
  readUsername,
} from "./fields.ts";
import type { ServiceType } from "./service-type.ts";

/** Mentions of the followers of one user. */
export const mentionsUserFollowers: ServiceType = {
  wireName: "Mentions User Followers",
  pricing: "per_thousand",
  inputs: [
    linkInput,
    quantityInput,
    usernameInput("Whose followers are mentioned: a name, or the address of a profile."),
  ],
  read(input, service) {
    const link = readLink(input);
    if (!link.ok) return link;
    const quantity = readQuantity(input, service);
    if (!quantity.ok) return quantity;
    const username = readUsername(input);
    if (!username.ok) return username;
    return ok({
      link: link.value,
      quantity: quantity.value,
      fields: { username: username.value },
    });
  },
};

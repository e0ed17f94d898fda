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

/** Likes for a comment under the link; `username` is who wrote it. */
export const commentLikes: ServiceType = {
  wireName: "Comment Likes",
  pricing: "per_thousand",
  inputs: [linkInput, quantityInput, usernameInput("Who wrote the comment.")],
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

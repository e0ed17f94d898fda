import { ok } from "#values/result.ts";
import { commentsInput, countLines, linkInput, readComments, readLink } from "./fields.ts";
import type { ServiceType } from "./service-type.ts";

/** The customer's own comments, counted by their lines. */
export const customComments: ServiceType = {
  wireName: "Custom Comments",
  pricing: "per_thousand",
  inputs: [linkInput, commentsInput],
  read(input, service) {
    const link = readLink(input);
    if (!link.ok) return link;
    const comments = readComments(input);
    if (!comments.ok) return comments;
    const quantity = countLines(comments.value, service, "comments");
    if (!quantity.ok) return quantity;
    return ok({
      link: link.value,
      quantity: quantity.value,
      fields: { comments: comments.value },
    });
  },
};

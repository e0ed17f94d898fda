import { ok } from "#values/result.ts";
import { commentsInput, linkInput, readComments, readLink } from "./fields.ts";
import type { ServiceType } from "./service-type.ts";

/** One package with the customer's own comments, however many they are. */
export const customCommentsPackage: ServiceType = {
  wireName: "Custom Comments Package",
  pricing: "per_order",
  inputs: [linkInput, commentsInput],
  read(input) {
    const link = readLink(input);
    if (!link.ok) return link;
    const comments = readComments(input);
    if (!comments.ok) return comments;
    return ok({ link: link.value, quantity: 1, fields: { comments: comments.value } });
  },
};

import { ok } from "#values/result.ts";
import {
  commentsInput,
  usernameInput,
  countLines,
  linkInput,
  readComments,
  readLink,
  readUsername,
} from "./fields.ts";
import type { ServiceType } from "./service-type.ts";

/** The customer's own replies to a user's comment, counted by their lines. */
export const commentReplies: ServiceType = {
  wireName: "Comment Replies",
  pricing: "per_thousand",
  inputs: [linkInput, usernameInput("Who wrote the comment that is replied to."), commentsInput],
  read(input, service) {
    const link = readLink(input);
    if (!link.ok) return link;
    const username = readUsername(input);
    if (!username.ok) return username;
    const comments = readComments(input);
    if (!comments.ok) return comments;
    const quantity = countLines(comments.value, service, "comments");
    if (!quantity.ok) return quantity;
    return ok({
      link: link.value,
      quantity: quantity.value,
      fields: { username: username.value, comments: comments.value },
    });
  },
};

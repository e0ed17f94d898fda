import { ok } from "#values/result.ts";
import { usernamesInput, countLines, linkInput, readLink, readWords } from "./fields.ts";
import type { ServiceType } from "./service-type.ts";

/** One mention of each of the given users, counted by their list. */
export const mentionsCustomList: ServiceType = {
  wireName: "Mentions Custom List",
  pricing: "per_thousand",
  inputs: [linkInput, usernamesInput],
  read(input, service) {
    const link = readLink(input);
    if (!link.ok) return link;
    const usernames = readWords(input, "usernames");
    if (!usernames.ok) return usernames;
    const quantity = countLines(usernames.value, service, "usernames");
    if (!quantity.ok) return quantity;
    return ok({
      link: link.value,
      quantity: quantity.value,
      fields: { usernames: usernames.value },
    });
  },
};

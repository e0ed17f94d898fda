import { ok } from "#values/result.ts";
import { linkInput, quantityInput, readLink, readQuantity, readLines } from "./fields.ts";
import type { ServiceType } from "./service-type.ts";

/** Invitations of members of the given groups, one group on each line. */
export const invitesFromGroups: ServiceType = {
  wireName: "Invites from Groups",
  pricing: "per_thousand",
  inputs: [
    linkInput,
    quantityInput,
    {
      name: "groups",
      kind: "lines",
      isRequired: true,
      meaning: "Groups, one a line.",
      example: "https://example.com/group/1",
    },
  ],
  read(input, service) {
    const link = readLink(input);
    if (!link.ok) return link;
    const quantity = readQuantity(input, service);
    if (!quantity.ok) return quantity;
    const groups = readLines(input, "groups");
    if (!groups.ok) return groups;
    return ok({
      link: link.value,
      quantity: quantity.value,
      fields: { groups: groups.value },
    });
  },
};

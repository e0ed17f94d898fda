import { ok } from "#values/result.ts";
import { linkInput, quantityInput, readLink, readQuantity } from "./fields.ts";
import type { ServiceType } from "./service-type.ts";

/** Mentions of users who liked the post at the address `media`. */
export const mentionsMediaLikers: ServiceType = {
  wireName: "Mentions Media Likers",
  pricing: "per_thousand",
  inputs: [
    linkInput,
    quantityInput,
    {
      name: "media",
      kind: "text",
      isRequired: true,
      missing: "bad_link",
      meaning: "The address of the media whose likers are mentioned.",
      example: "https://example.com/media/1",
    },
  ],
  read(input, service) {
    const link = readLink(input);
    if (!link.ok) return link;
    const quantity = readQuantity(input, service);
    if (!quantity.ok) return quantity;
    const media = readLink(input, "media");
    if (!media.ok) return media;
    return ok({
      link: link.value,
      quantity: quantity.value,
      fields: { media: media.value },
    });
  },
};

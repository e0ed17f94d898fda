import { ok } from "#values/result.ts";
import { dripFeedInputs, readDripFeedQuantity } from "./drip-feed-quantity.ts";
import { linkInput, quantityInput, readLink } from "./fields.ts";
import type { ServiceType } from "./service-type.ts";

/** A quantity for a link, at once or as a drip-feed. */
export const defaultType: ServiceType = {
  wireName: "Default",
  pricing: "per_thousand",
  inputs: [linkInput, quantityInput, ...dripFeedInputs],
  read(input, service) {
    const link = readLink(input);
    if (!link.ok) return link;
    const quantity = readDripFeedQuantity(input, service);
    if (!quantity.ok) return quantity;
    return ok({ link: link.value, ...quantity.value });
  },
};

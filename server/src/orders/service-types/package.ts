import { ok } from "#values/result.ts";
import { linkInput, readLink } from "./fields.ts";
import type { ServiceType } from "./service-type.ts";

/** One fixed package for a link. The service's bounds do not apply. */
export const packageType: ServiceType = {
  wireName: "Package",
  pricing: "per_order",
  inputs: [linkInput],
  read(input) {
    const link = readLink(input);
    return link.ok ? ok({ link: link.value, quantity: 1 }) : link;
  },
};

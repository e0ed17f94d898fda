import { ok } from "#values/result.ts";
import { dripFeedInputs, readDripFeedQuantity } from "./drip-feed-quantity.ts";
import { linkInput, quantityInput, readLink, readText, readWholeNumber } from "./fields.ts";
import type { Reading } from "./fields.ts";
import type { OrderInput, ServiceType } from "./service-type.ts";

/**
 * Visits to a web site. `country` is a code or a name; `device`: 1 desktop, 2 Android, 3 iOS, 4 any
 * mobile, 5 any; `typeOfTraffic`: 1 from a search for `googleKeyword`, 2 from `referringUrl`, 3
 * from nowhere.
 */
export const webTraffic: ServiceType = {
  wireName: "Web Traffic",
  pricing: "per_thousand",
  inputs: [
    linkInput,
    quantityInput,
    ...dripFeedInputs,
    {
      name: "country",
      kind: "text",
      isRequired: true,
      meaning: "Where visitors come from: a code or a name.",
      example: "US",
    },
    {
      name: "device",
      kind: "number",
      isRequired: true,
      meaning: "1 desktop, 2 Android, 3 iOS, 4 any mobile, 5 any device.",
      example: "5",
      min: 1,
      max: 5,
    },
    {
      name: "typeOfTraffic",
      kind: "number",
      isRequired: true,
      meaning: "1 from a search, 2 from a page, 3 direct.",
      example: "3",
      min: 1,
      max: 3,
    },
    // Which of these two is needed depends on typeOfTraffic.
    {
      name: "googleKeyword",
      kind: "text",
      isRequired: false,
      meaning: "The word that is searched for; needed where `type_of_traffic` is 1.",
      example: "shoes",
    },
    {
      name: "referringUrl",
      kind: "text",
      isRequired: false,
      meaning: "The page that visitors come from; needed where `type_of_traffic` is 2.",
      example: "https://example.com/from",
    },
  ],
  read(input, service) {
    const link = readLink(input);
    if (!link.ok) return link;
    const quantity = readDripFeedQuantity(input, service);
    if (!quantity.ok) return quantity;
    const country = readText(input, "country");
    if (!country.ok) return country;
    const device = readWholeNumber(input, "device", { min: 1, max: 5 });
    if (!device.ok) return device;
    const origin = readOrigin(input);
    if (!origin.ok) return origin;
    return ok({
      link: link.value,
      ...quantity.value,
      fields: { country: country.value, device: device.value, ...origin.value },
    });
  },
};

const originFields: Readonly<Record<number, string>> = { 1: "googleKeyword", 2: "referringUrl" };

function readOrigin(input: OrderInput): Reading<Readonly<Record<string, string | number>>> {
  const type = readWholeNumber(input, "typeOfTraffic", { min: 1, max: 3 });
  if (!type.ok) return type;
  const field = originFields[type.value];
  if (field === undefined) return ok({ typeOfTraffic: type.value });
  const text = readText(input, field);
  return text.ok ? ok({ typeOfTraffic: type.value, [field]: text.value }) : text;
}

import { money } from "#views/spelling.ts";
import type { LineRefusal } from "#orders/mass-order/judge-lines.ts";
import type { UnreadableLine } from "#orders/mass-order/read-lines.ts";

const unreadableText: Readonly<Record<UnreadableLine, string>> = {
  no_service: "Begin with the service's id and a separator: 12 | https://example.com/a | 100.",
  no_quantity: "The quantity must be a whole number, as 100, after the service or at the end.",
  two_readings:
    "It can be read in more than one way. Separate the fields by | and write the link as an address.",
  no_link: "The link is missing.",
  blank_in_link: "The link has a blank in it. Write one link on each line.",
  too_long: "The line is too long.",
};

/** Why a line of a mass order is not ordered, and what to do about it. */
export function lineText(refusal: LineRefusal): string {
  switch (refusal.code) {
    case "line_unreadable":
      return unreadableText[refusal.why];
    case "type_unsuited":
      return `A service of the type ${refusal.type} asks for more than a link and a quantity: order it by itself.`;
    case "package_quantity":
      return "A package is ordered one at a time: leave the quantity out, and repeat the line for more.";
    case "service_unknown":
      return "No such service is on sale for this customer: see panel service list.";
    case "insufficient_funds":
      return "The balance does not pay for it: book a deposit first.";
    case "bad_link":
      return "This is no link.";
    case "link_refused":
      return "A rule refuses this link: see panel hold list.";
    case "link_busy":
      return "The customer has an order for this link that is not over.";
    case "order_refused":
      return "A rule refuses this order: see panel hold list.";
    case "quantity_required":
      return "The quantity is missing.";
    case "quantity_below_min":
      return `The service takes ${refusal.min} or more.`;
    case "quantity_above_max":
      return `The service takes ${refusal.max} at most.`;
    case "charge_too_high":
      return "The charge would be too high: order less at once.";
    case "price_above_max_charge":
      return `The charge would be ${money(refusal.charge)}.`;
    case "request_id_used":
      return "Another order was placed under this mass order's id and line: give another --id.";
    case "customer_inactive":
      return "The customer is suspended.";
    default:
      return "field" in refusal ? `Check the field ${refusal.field}.` : "It is not possible.";
  }
}

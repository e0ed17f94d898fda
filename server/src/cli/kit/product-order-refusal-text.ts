import type { DeliverProductOrderRefusal } from "#product-orders/deliver-product-order.ts";
import type { EndProductOrderRefusal } from "#product-orders/end-product-order.ts";
import type { OpenClaimRefusal } from "#product-orders/claims/open-claim.ts";
import type { ReplaceClaimRefusal } from "#product-orders/claims/replace-claim.ts";
import type { StartProductOrderRefusal } from "#product-orders/start-product-order.ts";
import { wireProductOrderStatus } from "#values/product-order-status.ts";

/** How staff can be refused about product orders and their claims. */
export type ProductOrderRefusal =
  | StartProductOrderRefusal
  | DeliverProductOrderRefusal
  | EndProductOrderRefusal
  | OpenClaimRefusal
  | ReplaceClaimRefusal;

/** One sentence for each code. An illegal step has the same sentence as for all orders. */
export function productOrderText(
  refusal: Exclude<ProductOrderRefusal, { readonly code: "transition_illegal" }>,
): string {
  switch (refusal.code) {
    case "product_order_unknown":
      return "There is no such product order.";
    case "product_order_ended":
      return (
        `The order is ${wireProductOrderStatus[refusal.status]}: nothing more is delivered for it. ` +
        "For items that do not work: panel product claim open."
      );
    case "provider_delivers":
      return "Its provider is at it. Wait for the provider, or end the order: panel product refund.";
    case "outcome_open":
      return "Nobody knows whether its provider took it. Find out there first: panel product settle.";
    case "delivery_unfit":
      return (
        `That does not fit with ${refusal.delivered} of ${refusal.quantity} items delivered: ` +
        "Completed needs all of them, Partial some and not all, Canceled none."
      );
    case "delivery_empty":
      return "There is nothing to deliver: give --text, --file, --items or --done.";
    case "items_above_remaining":
      return `Only ${refusal.remaining} items are left to deliver.`;
    case "items_unfit":
      return `${refusal.undelivered} items are not delivered. Nothing was changed.`;
    case "nothing_undelivered":
      return (
        "Everything was delivered, so there is nothing to give back. For items that do not work: " +
        "panel product claim open, panel product claim refund."
      );
    case "lines_unfit":
      return (
        `Of this product each line is one item: ${refusal.items} lines are needed, and there are ` +
        `${refusal.lines}.`
      );
    case "lines_too_many":
      return `There are more than ${refusal.max} lines.`;
    case "line_too_long":
      return `Line ${refusal.line} has more than ${refusal.max} characters.`;
    case "line_known":
      return `Line ${refusal.line} was in the stock or delivered before: each is sold once.`;
    case "claim_unknown":
      return "There is no such claim: see panel product claim list.";
    case "claim_settled":
      return `The claim is ${refusal.status} already.`;
    case "claim_items_needed":
      return (
        `The claim is about ${refusal.quantity} items: say which with --items, by the places of ` +
        "lines that the buyer still has."
      );
    case "claim_lines_needed":
      return "This product has no stock to take items from: write the lines, --text or --file.";
    case "stock_short":
      return `${refusal.needed} items are needed, and the stock has ${refusal.free}.`;
    case "stock_sealed_otherwise":
      return (
        "Lines of the stock cannot be opened with the panel's encryption key, so that nobody gets " +
        `them: items ${refusal.items.join(", ")}.`
      );
    case "warranty_none":
      return "The order has no warranty.";
    case "warranty_over":
      return "The warranty of these items is over.";
    case "claim_open":
      return "A claim of this order is open: see panel product claim list.";
    case "order_not_completed":
      return "The order is not Completed or Partial yet.";
    case "field_invalid":
      return `${refusal.field} does not take that: expected ${refusal.expected}.`;
    case "quantity_below_min":
      return `The quantity is ${refusal.min} at least.`;
    case "quantity_above_max":
      return `The quantity is ${refusal.max} at most.`;
  }
}

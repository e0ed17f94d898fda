import { formatAmount } from "#values/money.ts";
import { wireNameOf } from "#http/reseller/request/wire-name.ts";
import type { RefusalCode, ResellerRefusal } from "./refusal.ts";

/** A sentence for each code; `{name}` stands for that field of the refusal. */
type Texts = Readonly<Record<RefusalCode, string>>;

const missing = "There are missing required parameters. Please check your API Manual";

/**
 * The sentences of deployed panels, each the one seen most often; clients compare them word by
 * word. Where no panel has such a case, the sentence says what was expected.
 */
export const englishTexts: Texts = {
  key_unknown: "Invalid API key",
  key_dead: "Invalid API key",
  address_not_allowed: "Invalid API key",
  customer_inactive: "Account suspended",
  scope_missing: 'This API key has no "{scope}" permission',
  action_unknown: "Incorrect request",
  body_unreadable: "Incorrect request",
  body_too_large: "The request is too large, {bytesMax} bytes at most",
  too_many_fields: "Too many fields in one request, {max} at most",
  encoding_unsupported: "Incorrect Content-Encoding {encoding}, expected gzip, deflate or br",
  method_unsupported: "Incorrect method {method}, expected POST",
  request_unreadable: "Incorrect request",
  rate_limited: "Rate limit exceeded",
  unavailable: "The panel is busy or being restarted, please try again in a moment",

  service_unknown: "Incorrect service ID",
  insufficient_funds: "Not enough funds on balance",
  bad_link: "Bad link",
  quantity_required: "Quantity is required",
  quantity_invalid: "Quantity must be a whole number",
  quantity_below_min: "Quantity less than minimal {min}",
  quantity_above_max: "Quantity more than maximum {max}",
  comments_required: "Comments field is required",
  username_required: "Missing username",
  field_required: missing,
  field_invalid: "Incorrect {field}, expected {expected}",
  list_too_long: "Too many lines in {field}, {max} at most",
  dripfeed_unsupported: "This services does not support Dripfeed feature!",
  runs_required: "Runs is required",
  interval_required: "Interval time is required",
  posts_invalid: "At least 1 new post",
  delay_invalid: "Incorrect delay",
  min_above_max: "Quantity Min cannot be higher than Quantity Max",
  charge_too_high: "The charge of this order is too high, please order less at once",
  price_above_max_charge: "The charge would be {charge}, more than max_charge",
  max_charge_invalid: "Incorrect max_charge, expected a decimal such as 1.25",
  request_id_invalid: "Incorrect request_id, expected 1 to 128 printable characters",
  request_id_used: "This request_id was used for another order",
  link_busy: "You have active order with this link. Please wait until order being completed.",
  link_refused: "This link is not accepted",
  feeds_too_many: "You have too many subscriptions with a feed, {max} at most",
  feed_host_full: "No more feeds are read from {host}, please contact support",
  order_refused: "This order cannot be taken, please contact support",

  product_unknown: "Incorrect product ID",
  out_of_stock: "Out of stock",
  delivery_unavailable: "This cannot be delivered at the moment, please contact support",

  order_unknown: "Incorrect order ID",
  refill_unknown: "Refill not found",
  refill_disabled: "Refill is disabled for this service",
  order_not_completed: "The order is not completed",
  refill_open: "The refill task is not completed for this order",
  refill_expired: "Refill days are over",
  refill_too_early: "The order was completed or refill was requested less than {hours} hours ago",
  refill_drop_small: "The drop is too small for a refill",
  cancel_disabled: "Cannot cancel",
  order_finished: "Order already completed",
  cancel_unknown: "Cancel not found",
  claim_unknown: "Claim not found",
  claim_open: "There is an open claim for this order",
  warranty_none: "This order has no warranty",
  warranty_over: "The warranty is over",
  subscription_over: "This subscription takes no more posts",
  too_many_ids: "Maximum {max} IDs in one request",
  filter_invalid: "Incorrect {field}, expected {expected}",
  cursor_too_old: "This cursor is too old: read your orders and start anew without since",
};

/** The sentence for `unavailable` where nothing new can be stored although the panel answers. */
export const storageText =
  "The panel can take nothing new at the moment, because its storage is full or cannot be written";

/** The sentence for one refusal: fields by their name on the wire, amounts as decimals. */
export function textOf(texts: Texts, refusal: ResellerRefusal): string {
  const values = new Map<string, unknown>(Object.entries(refusal));
  return texts[refusal.code].replaceAll(/\{([a-zA-Z]+)\}/g, (_, name: string) => {
    const value = values.get(name);
    if (typeof value === "bigint") return formatAmount(value, 2);
    return name === "field" ? wireNameOf(String(value)) : String(value);
  });
}

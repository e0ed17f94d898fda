import { parseAmount, zero } from "#values/money.ts";
import { fieldsMax, idsMax } from "#http/reseller/request/bounds.ts";
import { bodyBytesMax } from "#http/reseller/request/read-body.ts";
import type { RefusalCode, ResellerRefusal } from "./refusal.ts";
import { englishTexts, textOf } from "./texts.ts";

type Samples = {
  readonly [Code in RefusalCode]: Extract<ResellerRefusal, { readonly code: Code }>;
};

/** One refusal of each code, with sample figures, for the documents. */
const samples: Samples = {
  key_unknown: { code: "key_unknown" },
  key_dead: { code: "key_dead" },
  address_not_allowed: { code: "address_not_allowed" },
  customer_inactive: { code: "customer_inactive" },
  scope_missing: { code: "scope_missing", scope: "order" },
  action_unknown: { code: "action_unknown" },
  body_unreadable: { code: "body_unreadable" },
  body_too_large: { code: "body_too_large", bytesMax: bodyBytesMax },
  too_many_fields: { code: "too_many_fields", max: fieldsMax },
  encoding_unsupported: { code: "encoding_unsupported", encoding: "zstd" },
  method_unsupported: { code: "method_unsupported", method: "OPTIONS" },
  request_unreadable: { code: "request_unreadable" },
  rate_limited: { code: "rate_limited", retryAfterSeconds: 1 },
  unavailable: { code: "unavailable" },

  service_unknown: { code: "service_unknown", field: "service" },
  insufficient_funds: { code: "insufficient_funds" },
  bad_link: { code: "bad_link", field: "link" },
  quantity_required: { code: "quantity_required", field: "quantity" },
  quantity_invalid: { code: "quantity_invalid", field: "quantity" },
  quantity_below_min: { code: "quantity_below_min", field: "quantity", min: 50 },
  quantity_above_max: { code: "quantity_above_max", field: "quantity", max: 10_000 },
  comments_required: { code: "comments_required", field: "comments" },
  username_required: { code: "username_required", field: "username" },
  field_required: { code: "field_required", field: "answerNumber" },
  field_invalid: { code: "field_invalid", field: "runs", expected: "1 to 10000" },
  list_too_long: { code: "list_too_long", field: "comments", max: 10_000 },
  dripfeed_unsupported: { code: "dripfeed_unsupported", field: "runs" },
  runs_required: { code: "runs_required", field: "runs" },
  interval_required: { code: "interval_required", field: "interval" },
  posts_invalid: { code: "posts_invalid", field: "posts" },
  delay_invalid: { code: "delay_invalid", field: "delay" },
  min_above_max: { code: "min_above_max", field: "min" },
  charge_too_high: { code: "charge_too_high", field: "quantity" },
  price_above_max_charge: {
    code: "price_above_max_charge",
    field: "maxCharge",
    charge: parseAmount("1.25") ?? zero,
  },
  max_charge_invalid: { code: "max_charge_invalid", field: "maxCharge" },
  request_id_invalid: { code: "request_id_invalid", field: "requestId" },
  request_id_used: { code: "request_id_used", field: "requestId" },
  link_busy: { code: "link_busy", field: "link" },
  link_refused: { code: "link_refused", field: "link" },
  feeds_too_many: { code: "feeds_too_many", field: "username", max: 200 },
  feed_host_full: { code: "feed_host_full", field: "username", host: "example.com" },
  order_refused: { code: "order_refused" },

  product_unknown: { code: "product_unknown", field: "product" },
  out_of_stock: { code: "out_of_stock" },
  delivery_unavailable: { code: "delivery_unavailable" },

  order_unknown: { code: "order_unknown" },
  refill_unknown: { code: "refill_unknown" },
  refill_disabled: { code: "refill_disabled" },
  order_not_completed: { code: "order_not_completed" },
  refill_open: { code: "refill_open" },
  refill_expired: { code: "refill_expired" },
  refill_too_early: { code: "refill_too_early", hours: 24 },
  refill_drop_small: { code: "refill_drop_small" },
  cancel_disabled: { code: "cancel_disabled" },
  order_finished: { code: "order_finished" },
  cancel_unknown: { code: "cancel_unknown" },
  claim_unknown: { code: "claim_unknown" },
  claim_open: { code: "claim_open" },
  warranty_none: { code: "warranty_none" },
  warranty_over: { code: "warranty_over" },
  subscription_over: { code: "subscription_over" },
  too_many_ids: { code: "too_many_ids", max: idsMax },
  cursor_too_old: { code: "cursor_too_old" },
  filter_invalid: { code: "filter_invalid", field: "limit", expected: "a number from 1 to 1000" },
};

/** Every code with its sentence, in the order of the table of texts. */
export function errorTexts(): { code: string; text: string }[] {
  return refusalCodes.map((code) => ({ code, text: textOf(englishTexts, samples[code]) }));
}

/** All codes. */
export const refusalCodes: readonly RefusalCode[] = Object.keys(englishTexts).filter(isRefusalCode);

function isRefusalCode(code: string): code is RefusalCode {
  return Object.hasOwn(samples, code);
}

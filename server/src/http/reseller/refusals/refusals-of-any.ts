import type { RefusalCode } from "./refusal.ts";

/** What any request may be refused with, whatever it asks for. */
export const refusalsOfAny: readonly RefusalCode[] = [
  "key_unknown",
  "key_dead",
  "address_not_allowed",
  "customer_inactive",
  "scope_missing",
  "action_unknown",
  "body_unreadable",
  "body_too_large",
  "too_many_fields",
  "encoding_unsupported",
  "method_unsupported",
  "request_unreadable",
  "rate_limited",
  "unavailable",
  // For any field that is not text, and for a request id, in the header too.
  "field_invalid",
  "request_id_invalid",
];

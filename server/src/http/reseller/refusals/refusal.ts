import type { AnnouncePostRefusal } from "#orders/schedules/announce-post.ts";
import type { PlaceOrderRefusal } from "#orders/placing/place-order-refusal.ts";
import type { RequestCancelRefusal } from "#orders/requests/request-cancel.ts";
import type { RequestRefillRefusal } from "#orders/requests/request-refill.ts";
import type { PlaceProductOrderRefusal } from "#product-orders/read-product-order.ts";
import type { WarrantyRefusal } from "#product-orders/claims/warranty-rule.ts";
import type { FieldsRefusal } from "#http/reseller/request/fields.ts";
import type { BodyRefusal } from "#http/reseller/request/read-body.ts";

/** Everything that a caller of the reseller API can be refused with. Codes are stable. */
export type ResellerRefusal =
  | PlaceOrderRefusal
  | PlaceProductOrderRefusal
  | RequestRefillRefusal
  | RequestCancelRefusal
  | AnnouncePostRefusal
  | WarrantyRefusal
  | FieldsRefusal
  | BodyRefusal
  | { readonly code: "method_unsupported"; readonly method: string }
  | { readonly code: "request_unreadable" }
  | { readonly code: "key_unknown" }
  | { readonly code: "address_not_allowed" }
  | { readonly code: "scope_missing"; readonly scope: string }
  | { readonly code: "action_unknown" }
  | { readonly code: "refill_unknown" }
  | { readonly code: "cancel_unknown" }
  | { readonly code: "claim_unknown" }
  | { readonly code: "too_many_ids"; readonly max: number }
  | { readonly code: "filter_invalid"; readonly field: string; readonly expected: string }
  | { readonly code: "cursor_too_old" }
  | { readonly code: "rate_limited"; readonly retryAfterSeconds: number }
  | { readonly code: "unavailable" };

export type RefusalCode = ResellerRefusal["code"];

import type { Amount } from "#values/money.ts";
import type { AdmitSubscriptionRefusal } from "#orders/subscriptions/admit-subscription.ts";
import type { HoldRefusal } from "#orders/hold-rules/verdict.ts";
import type { ContentRefusal } from "#orders/service-types/service-type.ts";

/** Why a new order is not taken. Codes are stable; each dialect has one text per code. */
export type PlaceOrderRefusal =
  | ContentRefusal
  | HoldRefusal
  | AdmitSubscriptionRefusal
  | { readonly code: "service_unknown"; readonly field: string }
  | { readonly code: "charge_too_high"; readonly field: string }
  | { readonly code: "insufficient_funds" }
  | { readonly code: "price_above_max_charge"; readonly field: string; readonly charge: Amount }
  | { readonly code: "request_id_invalid"; readonly field: string }
  | { readonly code: "request_id_used"; readonly field: string }
  | { readonly code: "max_charge_invalid"; readonly field: string }
  | { readonly code: "key_dead" }
  | { readonly code: "customer_inactive" };

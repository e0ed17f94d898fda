import type { PreparedList } from "./services-list.ts";
import type { ResellerRefusal } from "#http/reseller/refusals/refusal.ts";

/** What goes back to the caller, before it becomes bytes. */
export type Answer =
  | { readonly kind: "json"; readonly text: string }
  | { readonly kind: "list"; readonly list: PreparedList }
  | { readonly kind: "refused"; readonly refusal: ResellerRefusal };

/** A JSON answer of a plain object or array. */
export function json(value: unknown): Answer {
  return { kind: "json", text: JSON.stringify(value) };
}

/** A refusal of the whole request. */
export function refusedWith(refusal: ResellerRefusal): Answer {
  return { kind: "refused", refusal };
}

import { hash } from "node:crypto";
import type { AccountId } from "#values/ids.ts";
import { isIdentifier } from "#values/text.ts";

const lengthMax = 128;

/** What else, besides orders, can be requested once under a request id. */
export type RepeatableAction = "refill" | "cancel" | "new_post" | "claim_product_order";

/** A request that counts once, however often it is sent. */
export type RepeatableRequest = {
  readonly accountId: AccountId;
  readonly action: RepeatableAction;
  readonly requestId: string;
  /** A UUID made from the whole request. */
  readonly requestHash: string;
};

/** The id was used for another request before. */
export type RequestIdUsed = { readonly code: "request_id_used"; readonly field: string };

export const requestIdUsed: RequestIdUsed = { code: "request_id_used", field: "requestId" };

/** True where a text can be a request id; the caller trims blanks around it first. */
export function isRequestId(text: string): boolean {
  return text.length > 0 && text.length <= lengthMax && isIdentifier(text);
}

/** Equal for two requests that ask for the same thing: `parts` are everything that was asked. */
export function hashRequest(parts: readonly unknown[]): string {
  return hash("sha256", JSON.stringify(parts), "hex").slice(0, 32);
}

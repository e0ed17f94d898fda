import type { ApiKey } from "#customers/api-key.ts";
import type { Caller, CallerFault } from "#orders/known-callers.ts";
import type { Dialect } from "./dialects/dialect.ts";
import type { ResellerRefusal } from "./refusal.ts";
import type { ResellerDesk } from "./reseller-desk.ts";

/** One authenticated caller with a command. */
export type Call = {
  readonly desk: ResellerDesk;
  readonly key: ApiKey;
  readonly dialect: Dialect;
};

/** The most ids that one request may name; the documents promise 100. */
export const idsMax = 1000;

export function callerOf(key: ApiKey): Caller {
  return { accountId: key.accountId, keyId: key.id, keyVersion: key.version };
}

/** The refusal behind what a hot statement found of its caller. */
export function callerRefusal(caller: CallerFault): ResellerRefusal {
  return { code: caller === "key" ? "key_dead" : "customer_inactive" };
}

/** How the timeline of an order names the caller. */
export function byOf(key: ApiKey): string {
  return `customer:${key.accountId} key:${key.id}`;
}

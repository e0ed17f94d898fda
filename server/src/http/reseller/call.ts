import type { ApiKey } from "#customers/api-key.ts";
import type { Caller, CallerFault } from "#orders/lookup/known-callers.ts";
import { hashRequest, isRequestId } from "#request-ids/request-id.ts";
import type { RepeatableAction, RepeatableRequest } from "#request-ids/request-id.ts";
import { apiKeyActor } from "#values/actor.ts";
import type { ApiKeyActor } from "#values/actor.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { Dialect } from "./dialects/dialect.ts";
import type { ResellerRefusal } from "#http/reseller/refusals/refusal.ts";
import type { ResellerContext } from "./reseller-context.ts";

/** One authenticated caller with a command. */
export type Call = {
  readonly context: ResellerContext;
  readonly key: ApiKey;
  readonly dialect: Dialect;
  /** True when the caller has hung up: then nothing more is begun for it. */
  readonly isGone: () => boolean;
};

export function callerOf(key: ApiKey): Caller {
  return { accountId: key.accountId, keyId: key.id, keyVersion: key.version };
}

/** The refusal for what a hot statement found wrong with its caller. */
export function callerRefusal(caller: CallerFault): ResellerRefusal {
  return { code: caller === "key" ? "key_dead" : "customer_inactive" };
}

/** The caller as an actor, for the stories of orders and the audit. */
export function actorOf({ id, accountId }: ApiKey): ApiKeyActor {
  return apiKeyActor(id, accountId);
}

/**
 * The request that counts once under the caller's own id; `undefined` where there is no id. `parts`
 * are everything that was asked.
 */
export function repeatable(
  { accountId }: ApiKey,
  action: RepeatableAction,
  requestIdText: string | undefined,
  parts: readonly unknown[],
): Result<RepeatableRequest | undefined, Extract<ResellerRefusal, { code: "request_id_invalid" }>> {
  if (requestIdText === undefined) return ok(undefined);
  const requestId = requestIdText.trim();
  return isRequestId(requestId)
    ? ok({ accountId, action, requestId, requestHash: hashRequest(parts) })
    : refused({ code: "request_id_invalid", field: "requestId" });
}

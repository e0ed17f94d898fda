import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId, ApiKeyId } from "#values/ids.ts";
import { apiKeyHint, hashApiKey, makeApiKey } from "./api-key.ts";
import { checkKeyTerms } from "./check-key-terms.ts";
import type { KeyTermsRefusal } from "./check-key-terms.ts";
import { insertApiKey } from "./api-keys.sql.ts";
import { openSandboxAccount } from "./sandbox-account.ts";
import { findCustomer } from "./customers.sql.ts";
import type { ApiKeyTerms } from "./api-keys.sql.ts";

export type CreateKeyRefusal = { readonly code: "customer_unknown" } | KeyTermsRefusal;

/**
 * Makes a key for a customer, or with `isTest` for the customer's test account. The key itself is
 * in the return value and is never shown again.
 */
export async function createKey(
  ctx: Context,
  actor: Actor,
  accountId: AccountId,
  terms: ApiKeyTerms,
  options: { readonly isTest?: boolean } = {},
): Promise<Result<{ readonly key: string; readonly id: ApiKeyId }, CreateKeyRefusal>> {
  authorize(actor, "customers.keys");
  return inTransaction(ctx, async (tx) => {
    if ((await findCustomer(tx, accountId)) === undefined) {
      return refused({ code: "customer_unknown" });
    }
    const refusal = checkKeyTerms(terms);
    if (refusal !== undefined) return refused(refusal);
    const key = makeApiKey();
    const isTest = options.isTest === true;
    const holder = isTest ? await openSandboxAccount(tx, accountId) : accountId;
    const id = await insertApiKey(tx, holder, hashApiKey(key), apiKeyHint(key), terms);
    await audit(tx, {
      actor,
      action: "key.create",
      subject: `key:${id}`,
      after: { customer: accountId, ...(isTest ? { test: true } : {}), ...terms },
    });
    return ok({ key, id });
  });
}

/** What a key may do unless its terms say otherwise. */
export const apiKeyTermsDefault: ApiKeyTerms = {
  name: "",
  scopes: ["read", "order"],
  dialect: undefined,
  ipAllow: [],
  rateLimit: undefined,
  expiresAt: undefined,
};

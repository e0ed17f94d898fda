import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ApiKeyId } from "#values/ids.ts";
import { checkKeyTerms } from "./check-key-terms.ts";
import type { KeyTermsRefusal } from "./check-key-terms.ts";
import { lockApiKey, updateApiKey } from "./api-keys.sql.ts";
import type { ApiKeyListRow, ApiKeyTerms } from "./api-keys.sql.ts";

export type ChangeKeyRefusal =
  | { readonly code: "key_unknown" }
  | { readonly code: "key_revoked" }
  | KeyTermsRefusal;

/**
 * Changes what a key may do; `decide` gets its present terms. The change applies from the key's
 * next use.
 */
export async function changeKey(
  ctx: Context,
  actor: Actor,
  id: ApiKeyId,
  decide: (before: ApiKeyTerms) => ApiKeyTerms,
): Promise<Result<ApiKeyTerms, ChangeKeyRefusal>> {
  authorize(actor, "customers.keys");
  return inTransaction(ctx, async (tx) => {
    const key = await lockApiKey(tx, id);
    if (key === undefined) return refused({ code: "key_unknown" });
    if (key.revoked_at !== null) return refused({ code: "key_revoked" });
    const before = termsOf(key);
    const after = decide(before);
    const refusal = checkKeyTerms(after);
    if (refusal !== undefined) return refused(refusal);
    await updateApiKey(tx, id, after);
    await audit(tx, { actor, action: "key.change", subject: `key:${id}`, before, after });
    return ok(after);
  });
}

function termsOf(key: ApiKeyListRow): ApiKeyTerms {
  return {
    name: key.name,
    scopes: key.scopes,
    dialect: key.dialect ?? undefined,
    ipAllow: key.ip_allow,
    rateLimit: key.rate_limit ?? undefined,
    expiresAt: key.expires_at ?? undefined,
  };
}

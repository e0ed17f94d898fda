import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ApiKeyId } from "#values/ids.ts";
import { lockApiKey, revokeApiKey } from "./api-keys.sql.ts";

export type RevokeKeyRefusal = { readonly code: "key_unknown" };

/** Ends a key for good, on every process at once. Revoking a dead key again changes nothing. */
export async function revokeKey(
  ctx: Context,
  actor: Actor,
  id: ApiKeyId,
): Promise<Result<{ readonly wasRevoked: boolean }, RevokeKeyRefusal>> {
  authorize(actor, "customers.keys");
  return inTransaction(ctx, async (tx) => {
    const key = await lockApiKey(tx, id);
    if (key === undefined) return refused({ code: "key_unknown" });
    if (key.revoked_at !== null) return ok({ wasRevoked: true });
    await revokeApiKey(tx, id);
    await audit(tx, {
      actor,
      action: "key.revoke",
      subject: `key:${id}`,
      before: { customer: key.account_id, hint: key.hint },
    });
    return ok({ wasRevoked: false });
  });
}

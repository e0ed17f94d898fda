import { listApiKeys } from "#customers/api-keys.sql.ts";
import type { Context } from "#database/context.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { AccountId } from "#values/ids.ts";
import { sightOf } from "#views/sight.ts";

/** API keys by their last characters, including revoked ones, of one customer or of all. */
export async function viewKeys(
  ctx: Context,
  actor: Actor,
  query: { readonly customerId?: AccountId | undefined; readonly limit: number },
) {
  authorize(actor, "customers.read");
  const sight = sightOf(actor);
  const keys = await listApiKeys(ctx.db, query.limit, query.customerId);
  return keys.map((key) => ({
    id: key.id,
    customer: key.account_id,
    ...(sight.email && { email: key.email }),
    test: key.is_test,
    hint: key.hint,
    name: key.name,
    scopes: key.scopes,
    dialect: key.dialect,
    ...(sight.address && { ip: key.ip_allow }),
    rate_limit: key.rate_limit,
    expires: key.expires_at,
    revoked: key.revoked_at,
    last_used: key.last_used_at,
    created: key.created_at,
  }));
}

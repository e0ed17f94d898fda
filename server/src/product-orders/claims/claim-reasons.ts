import type { Context } from "#database/context.ts";
import { SecretsUnavailable } from "#secrets/open-secrets.ts";
import type { ProductClaimId } from "#values/ids.ts";
import { claimPurpose } from "#product-orders/claims.sql.ts";
import type { ProductClaim } from "#product-orders/claims.sql.ts";

/**
 * The buyers' words, for staff. Reasons that cannot be opened, or not without the missing
 * encryption key, are left out.
 */
export async function openClaimReasons(
  ctx: Context,
  claims: readonly ProductClaim[],
): Promise<ReadonlyMap<ProductClaimId, string>> {
  const reasons = new Map<ProductClaimId, string>();
  if (claims.length === 0) return reasons;
  const secrets = await ctx.secrets().catch((error: unknown) => {
    if (error instanceof SecretsUnavailable) return undefined;
    throw error;
  });
  for (const { id, sealedReason } of claims) {
    const reason = secrets?.open(claimPurpose(id), sealedReason);
    if (reason !== undefined) reasons.set(id, reason);
  }
  return reasons;
}

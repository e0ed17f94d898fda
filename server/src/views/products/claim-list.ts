import type { Context } from "#database/context.ts";
import { openClaimReasons } from "#product-orders/claims/claim-reasons.ts";
import { listClaims } from "#product-orders/claims.sql.ts";
import type { ClaimStatus } from "#product-orders/claims.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProductOrderId } from "#values/ids.ts";
import { emailsOf } from "#views/customers/emails.ts";
import { sightOf } from "#views/sight.ts";
import { wireWord } from "#views/spelling.ts";

/** What buyers say does not work, newest first. */
export async function viewClaims(
  ctx: Context,
  actor: Actor,
  query: {
    readonly status?: ClaimStatus | undefined;
    readonly productOrderId?: ProductOrderId | undefined;
    readonly limit: number;
  },
) {
  authorize(actor, "product_orders.read");
  const sight = sightOf(actor);
  const { status, productOrderId, limit } = query;
  const claims = await listClaims(ctx.db, { status, productOrderId, limit });
  const emails = sight.email
    ? await emailsOf(
        ctx.db,
        claims.map(({ accountId }) => accountId),
      )
    : undefined;
  const reasons = await openClaimReasons(ctx, claims);
  return claims.map((claim) => ({
    claim: claim.id,
    order: claim.productOrderId,
    customer: claim.accountId,
    ...(emails && { email: emails.get(claim.accountId) ?? "-" }),
    status: wireWord(claim.status),
    quantity: claim.quantity,
    items: claim.places,
    reason: reasons.get(claim.id) ?? null,
    note: claim.note ?? null,
    created: claim.createdAt,
    ended: claim.endedAt ?? null,
  }));
}

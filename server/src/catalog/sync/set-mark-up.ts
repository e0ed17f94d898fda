import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ProviderId } from "#values/ids.ts";
import { lockCatalog } from "#catalog/catalog.sql.ts";
import { checkMarkUp, markUpJson } from "#catalog/mark-up.ts";
import type { MarkUp, MarkUpRefusal } from "#catalog/mark-up.ts";
import { repriceProvider } from "./reprice-provider.ts";
import type { Repriced } from "./reprice-provider.ts";
import { findSyncTerms, putMarkUp } from "#catalog/sync-terms.sql.ts";

/**
 * Changes the mark-up of everything from a provider that has none of its own, and makes its prices
 * anew.
 */
export async function setMarkUp(
  ctx: Context,
  actor: Actor,
  providerId: ProviderId,
  markUp: MarkUp,
): Promise<Result<Repriced, MarkUpRefusal>> {
  authorize(actor, "services.price");
  return inTransaction(ctx, async (tx) => {
    const checked = checkMarkUp(markUp);
    if (!checked.ok) return checked;
    await lockCatalog(tx);
    const before = (await findSyncTerms(tx, providerId)).markUp;
    await putMarkUp(tx, providerId, markUp);
    const repriced = await repriceProvider(tx, providerId);
    await audit(tx, {
      actor,
      action: "provider.markup",
      subject: `provider:${providerId}`,
      before: before && markUpJson(before),
      after: { ...markUpJson(markUp), ...repriced },
    });
    return ok(repriced);
  });
}

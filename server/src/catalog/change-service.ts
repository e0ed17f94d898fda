import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import type { Tx } from "#database/transaction.ts";
import { audit } from "#audit/audit.sql.ts";
import { findProvider } from "#providers/providers.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ServiceId } from "#values/ids.ts";
import { exchanged } from "#values/money.ts";
import { ensureCategory, findService, raiseCatalogVersion, updateService } from "./catalog.sql.ts";
import { checkRefillService } from "./check-refill-service.ts";
import type { Followable } from "./follows.ts";
import { isSameMarkUp, sellingRate } from "./mark-up.ts";
import { auditedService, checkService } from "./service.ts";
import type { Service, ServiceRefusal } from "./service.ts";
import { findSyncTerms } from "./sync-terms.sql.ts";

/** A service's type never changes: what its orders hold depends on it. */
export type ServiceChange = Partial<
  Omit<Service, "id" | "categoryId" | "type" | "version" | "cost" | "listing" | "averageSeconds">
>;

export type ChangeServiceRefusal = { readonly code: "service_unknown" } | ServiceRefusal;

/**
 * Changes a service: `decide` gets it as it stands. What a person changes is theirs from then on:
 * the provider's list no longer touches it, unless `decide` says what it follows. No later order
 * takes the old price.
 */
export async function changeService(
  ctx: Context,
  actor: Actor,
  id: ServiceId,
  decide: (before: Service) => ServiceChange,
): Promise<Result<Service, ChangeServiceRefusal>> {
  authorize(actor, "services.write");
  return inTransaction(ctx, async (tx) => {
    const version = await raiseCatalogVersion(tx);
    const before = await findService(tx, id);
    if (before === undefined) return refused({ code: "service_unknown" });
    const changed = await applyChange(tx, before, decide(before), version);
    if (isPricedAnew(before, changed)) authorize(actor, "services.price");
    const refusal =
      checkService(changed) ?? (await checkRefillService(tx, id, changed.refillTerms));
    if (refusal !== undefined) return refused(refusal);
    const categoryId =
      changed.category === before.category
        ? before.categoryId
        : await ensureCategory(tx, changed.category);
    const after = { ...changed, categoryId };
    await updateService(tx, after, version);
    await audit(tx, {
      actor,
      action: "service.change",
      subject: `service:${id}`,
      before: auditedService(before),
      after: auditedService(after),
    });
    return ok(after);
  });
}

async function applyChange(
  tx: Tx,
  before: Service,
  change: ServiceChange,
  version: number,
): Promise<Service> {
  const merged: Service = { ...before, ...change, version };
  const provider = await findProvider(tx, merged.providerId);
  if (provider === undefined) throw new Error(`service ${before.id} has no provider`);
  const isElsewhere =
    merged.providerId !== before.providerId || merged.providerService !== before.providerService;
  // Somebody who switches it on or off, or sells it from elsewhere, has decided about it.
  const isDecided = isElsewhere || (change.isEnabled ?? before.isEnabled) !== before.isEnabled;
  const after: Service = {
    ...merged,
    cost: merged.providerRate && exchanged(merged.providerRate, provider.exchangeRate),
    listing: isDecided || change.isEnabled === false ? "listed" : before.listing,
    follows:
      change.follows ?? before.follows.filter((field) => !isChangedByHand(field, before, merged)),
  };
  const isPriceAsked =
    isOtherMarkUp(before, after) ||
    (after.follows.includes("rate") && !before.follows.includes("rate"));
  if (!isPriceAsked || !after.follows.includes("rate") || after.cost === undefined) return after;
  const markUp = after.markUp ?? (await findSyncTerms(tx, after.providerId)).markUp;
  return markUp === undefined ? after : { ...after, rate: sellingRate(after.cost, markUp) };
}

function isPricedAnew(before: Service, after: Service): boolean {
  return (
    after.rate !== before.rate ||
    isOtherMarkUp(before, after) ||
    after.marginPercent !== before.marginPercent ||
    after.belowMargin !== before.belowMargin
  );
}

function isChangedByHand(field: Followable, before: Service, after: Service): boolean {
  // Without this, a service switched off by hand stays off: only what a sync switched off comes
  // back.
  return field !== "status" && before[field] !== after[field];
}

function isOtherMarkUp(before: Service, after: Service): boolean {
  if (before.markUp === undefined || after.markUp === undefined) {
    return before.markUp !== after.markUp;
  }
  return !isSameMarkUp(before.markUp, after.markUp);
}

import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ServiceId } from "#values/ids.ts";
import { listServicesOfProvider, raiseCatalogVersion } from "#catalog/catalog.sql.ts";
import { categorize } from "./apply-changes.ts";
import { isSameOffer, offerOfService } from "./offer.ts";
import type { Offer } from "./offer.ts";
import { listSyncChanges, markChangesLeftAlone, markChangesUndone } from "./sync-changes.sql.ts";
import { lockSyncRun, markRunUndone } from "./sync-runs.sql.ts";
import type { StoredChange } from "./sync-changes.sql.ts";
import type { SyncRun } from "./sync-runs.sql.ts";
import { rewriteServices } from "./sync-services.sql.ts";
import { findSyncTerms, putSyncSchedule } from "#catalog/sync-terms.sql.ts";

export type UndoSyncRefusal =
  | { readonly code: "run_unknown" }
  | { readonly code: "run_not_applied" };

export type UndoneSync = {
  readonly run: SyncRun;
  readonly restored: number;
  /** What was changed since, and stays as it is. */
  readonly leftAlone: readonly StoredChange[];
  /** True where the provider's schedule was ended, because it would only repeat the run. */
  readonly wasScheduled: boolean;
};

const leftAloneReason = "it was changed since the run";

/**
 * Restores services to what they were before a run, wherever they still are as the run left them.
 * Services that it brought are switched off and kept, because they may have been ordered; the next
 * import puts them back on sale.
 */
export async function undoSync(
  ctx: Context,
  actor: Actor,
  runId: number,
): Promise<Result<UndoneSync, UndoSyncRefusal>> {
  authorize(actor, "services.sync");
  return inTransaction(ctx, async (tx) => {
    const version = await raiseCatalogVersion(tx);
    const run = await lockSyncRun(tx, runId);
    if (run === undefined) return refused({ code: "run_unknown" });
    if (run.status === "undone") return refused({ code: "run_not_applied" });
    const applied = (await listSyncChanges(tx, runId)).filter(
      ({ appliedAt, undoneAt }) => appliedAt !== undefined && undoneAt === undefined,
    );
    if (applied.length === 0) return refused({ code: "run_not_applied" });
    const services = await listServicesOfProvider(tx, run.providerId);
    const byId = new Map(services.map((service) => [service.id, service]));
    const restored: { number: number; id: ServiceId; offer: Offer }[] = [];
    const leftAlone: StoredChange[] = [];
    for (const change of applied) {
      const { after, before, known, number } = change;
      const service = known && byId.get(known.id);
      if (service === undefined || after === undefined) leftAlone.push(change);
      else if (!isSameOffer(offerOfService(service), after)) leftAlone.push(change);
      else restored.push({ number, id: service.id, offer: before ?? withdrawn(after) });
    }
    const rowOf = await categorize(
      tx,
      restored.map(({ offer }) => offer),
    );
    await rewriteServices(
      tx,
      restored.map(({ id, offer }) => ({ ...rowOf(offer), id })),
      version,
    );
    const numbers = restored.map(({ number }) => number);
    await markChangesUndone(tx, runId, numbers);
    const left = leftAlone.map(({ number }) => number);
    if (left.length > 0) await markChangesLeftAlone(tx, runId, left, leftAloneReason);
    await markRunUndone(tx, runId, actor);
    const { syncMinutes } = await findSyncTerms(tx, run.providerId);
    const wasScheduled = run.kind === "sync" && syncMinutes !== undefined;
    if (wasScheduled) await putSyncSchedule(tx, run.providerId, undefined);
    await audit(tx, {
      actor,
      action: "provider.undo",
      subject: `provider:${run.providerId}`,
      after: { run: runId, restored: restored.length, leftAlone: left.length, wasScheduled },
    });
    return ok({ run, restored: restored.length, leftAlone, wasScheduled });
  });
}

function withdrawn(offer: Offer): Offer {
  return { ...offer, isEnabled: false, listing: "withdrawn" };
}

import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { listServicesOfProvider, raiseCatalogVersion } from "#catalog/catalog.sql.ts";
import { applyChanges } from "./apply-changes.ts";
import type { AppliedChanges } from "./apply-changes.ts";
import { listSyncChanges } from "./sync-changes.sql.ts";
import { lockSyncRun, markRunApplied } from "./sync-runs.sql.ts";
import type { StoredChange } from "./sync-changes.sql.ts";
import type { SyncRun, SyncStatus } from "./sync-runs.sql.ts";
import { putListed } from "#catalog/sync-terms.sql.ts";

/** Which part of a plan is to be applied. `only` names services by the provider's ids. */
export type SyncSelection =
  | { readonly kind: "all" }
  | { readonly kind: "all_but_braked" }
  | { readonly kind: "accept_brakes" }
  | { readonly kind: "only"; readonly providerServices: readonly string[] };

export type ApplySyncRefusal =
  | { readonly code: "run_unknown" }
  | { readonly code: "run_over"; readonly status: SyncStatus }
  | { readonly code: "run_braked"; readonly brakes: readonly string[]; readonly isWhole: boolean }
  | { readonly code: "changes_unknown"; readonly providerServices: readonly string[] }
  | { readonly code: "plan_stale" };

export type AppliedSync = AppliedChanges & {
  readonly run: SyncRun;
  /** What still waits. */
  readonly waiting: number;
};

/**
 * Applies a stored plan, or a part of it, in one transaction. What the brakes stopped is applied
 * only where the selection says so. Services that changed since the plan was made are left alone.
 */
export async function applySync(
  ctx: Context,
  actor: Actor,
  runId: number,
  selection: SyncSelection,
): Promise<Result<AppliedSync, ApplySyncRefusal>> {
  authorize(actor, "services.sync");
  return inTransaction(ctx, async (tx) => {
    const version = await raiseCatalogVersion(tx);
    const run = await lockSyncRun(tx, runId);
    if (run === undefined) return refused({ code: "run_unknown" });
    if (run.status !== "planned" && run.status !== "stopped") {
      return refused({ code: "run_over", status: run.status });
    }
    const open = (await listSyncChanges(tx, runId)).filter(isOpen);
    const selected = select(run, open, selection);
    if (!selected.ok) return selected;
    const services = await listServicesOfProvider(tx, run.providerId);
    const changes = selected.value;
    const carried = await applyChanges(tx, { run, changes, services, version });
    if (changes.length > 0 && carried.done === 0) return refused({ code: "plan_stale" });

    const done = new Set(changes.map(({ number }) => number));
    const waiting = open.filter(
      (change) => !done.has(change.number) && !isOnlyListed(run, change),
    ).length;
    // The next list is compared with the one that the operator accepted.
    if (selection.kind === "accept_brakes") await putListed(tx, run.providerId, run.listed);
    const status = waiting > 0 ? "stopped" : "applied";
    await markRunApplied(tx, runId, status, actor);
    await audit(tx, {
      actor,
      action: `provider.${run.kind}`,
      subject: `provider:${run.providerId}`,
      after: { run: runId, selection: selection.kind, ...carried, waiting },
    });
    return ok({ ...carried, run: { ...run, status }, waiting });
  });
}

/** True where a change can still be applied. */
export function isOpen(change: StoredChange): boolean {
  return change.after !== undefined && change.appliedAt === undefined;
}

/** True for what a sync only reports, and applies only where it is named. */
export function isOnlyListed(run: Pick<SyncRun, "kind">, change: StoredChange): boolean {
  return run.kind === "sync" && change.kind === "new";
}

function select(
  run: SyncRun,
  open: readonly StoredChange[],
  selection: SyncSelection,
): Result<readonly StoredChange[], ApplySyncRefusal> {
  const proposed = open.filter((change) => !isOnlyListed(run, change));
  const brakes = [...run.brakes, ...new Set(proposed.flatMap(({ brake }) => brake ?? []))];
  const isWhole = run.brakes.length > 0;
  switch (selection.kind) {
    case "all":
      return brakes.length > 0 ? refused({ code: "run_braked", brakes, isWhole }) : ok(proposed);
    case "all_but_braked":
      return isWhole
        ? refused({ code: "run_braked", brakes: run.brakes, isWhole })
        : ok(proposed.filter(({ brake }) => brake === undefined));
    case "accept_brakes":
      return ok(proposed);
    case "only": {
      const wanted = new Set(selection.providerServices);
      const found = open.filter(({ providerService }) => wanted.has(providerService));
      for (const { providerService } of found) wanted.delete(providerService);
      return wanted.size > 0
        ? refused({ code: "changes_unknown", providerServices: [...wanted] })
        : ok(found);
    }
  }
}

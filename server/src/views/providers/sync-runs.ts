import type { Context } from "#database/context.ts";
import { countSyncChanges } from "#catalog/sync/sync-changes.sql.ts";
import { listSyncRuns } from "#catalog/sync/sync-runs.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProviderId } from "#values/ids.ts";
import { providerNamesOf } from "./provider-names.ts";
import { runRecord } from "./sync-record.ts";

/** Imports and syncs, newest first, with how many changes of each kind they found and made. */
export async function viewSyncRuns(
  ctx: Context,
  actor: Actor,
  query: { readonly providerId?: ProviderId | undefined; readonly limit: number },
) {
  authorize(actor, "services.read");
  authorize(actor, "orders.provider");
  authorize(actor, "orders.cost");
  const runs = await listSyncRuns(ctx.db, query.limit, query.providerId);
  const names = await providerNamesOf(ctx.db);
  const ids = runs.map(({ id }) => id);
  const changes = Map.groupBy(await countSyncChanges(ctx.db, ids), (count) => count.run_id);
  return runs.map((run) => {
    const counts = changes.get(run.id) ?? [];
    return {
      ...runRecord(run, names.get(run.providerId) ?? ""),
      counts: Object.fromEntries(counts.map(({ kind, changes: found }) => [kind, found])),
      done: counts.reduce((sum, { applied }) => sum + applied, 0),
    };
  });
}

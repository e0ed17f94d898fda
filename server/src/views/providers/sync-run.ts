import type { Context } from "#database/context.ts";
import { listSyncChanges } from "#catalog/sync/sync-changes.sql.ts";
import { findSyncRun } from "#catalog/sync/sync-runs.sql.ts";
import { findProvider } from "#providers/providers.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { one } from "#values/money.ts";

/**
 * What a reading of a provider's list proposed and did, as the domain has it; `sync-record.ts`
 * spells it. `undefined` where there is no such run.
 */
export async function viewSyncRun(ctx: Context, actor: Actor, id: number) {
  authorize(actor, "services.read");
  authorize(actor, "orders.provider");
  authorize(actor, "orders.cost");
  const run = await findSyncRun(ctx.db, id);
  if (run === undefined) return undefined;
  const provider = await findProvider(ctx.db, run.providerId);
  return {
    run,
    changes: await listSyncChanges(ctx.db, id),
    provider: provider?.name ?? "",
    exchangeRate: provider?.exchangeRate ?? one,
  };
}

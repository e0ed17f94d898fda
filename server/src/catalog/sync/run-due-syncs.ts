import type { Context } from "#database/context.ts";
import { findProvider } from "#providers/providers.sql.ts";
import type { FindTypeName } from "./fetch-list.ts";
import { leaseDueSync } from "#catalog/sync-terms.sql.ts";
import { systemActor } from "#values/actor.ts";
import { syncProvider } from "./sync-provider.ts";

const actor = systemActor("sync-providers");
const roundsMax = 100;

/**
 * Syncs every provider that is due, one after the other, and applies what no brake stops. Several
 * workers may run it at once: each takes other providers. A failed sync is tried again at its next
 * time; its log says what went wrong.
 */
export async function runDueSyncs(ctx: Context, findTypeName: FindTypeName): Promise<void> {
  for (let round = 0; round < roundsMax; round++) {
    const id = await leaseDueSync(ctx.db);
    if (id === undefined) return;
    const provider = await findProvider(ctx.db, id);
    if (provider?.isEnabled !== true) continue;
    const order = { kind: "sync", mode: "apply" } as const;
    try {
      const synced = await syncProvider(ctx, actor, provider, order, findTypeName);
      if (!synced.ok) {
        ctx.log.warn({ provider: id, code: synced.refusal.code }, "provider's list not read");
      } else if (synced.value.run?.status === "stopped") {
        ctx.log.warn({ provider: id, run: synced.value.run.id }, "sync waits for an operator");
      }
    } catch (error) {
      // A problem with one provider must not keep the others from their turn.
      ctx.log.error({ provider: id, error }, "sync failed");
    }
  }
}

import type { Context } from "#database/context.ts";
import { findProvider } from "#providers/providers.sql.ts";
import { systemActor } from "#values/actor.ts";
import { importProducts } from "./import-products.ts";
import { listProductProviders } from "./provider-products.sql.ts";

const actor = systemActor("sync-products");

/**
 * Updates the products of all providers from their lists: costs, the prices that follow them, and
 * stock. What a brake stops waits for an operator. Several workers may run it at once.
 */
export async function syncProducts(ctx: Context, signal?: AbortSignal): Promise<void> {
  for (const id of await listProductProviders(ctx.db)) {
    if (signal?.aborted === true) return;
    const provider = await findProvider(ctx.db, id);
    if (provider?.isEnabled !== true) continue;
    try {
      const order = { markUp: undefined, mode: "apply", acceptsBrakes: false } as const;
      const synced = await importProducts(ctx, actor, provider, order);
      if (!synced.ok) {
        ctx.log.warn({ provider: id, code: synced.refusal.code }, "provider's products not read");
        continue;
      }
      const { plan } = synced.value;
      const waiting = plan.changes.filter(({ brake }) => brake !== undefined).length;
      if (plan.brakes.length > 0 || waiting > 0) {
        const fields = { provider: id, brakes: plan.brakes, waiting };
        ctx.log.warn(fields, "products of a provider wait for an operator");
      }
    } catch (error) {
      // A problem with one provider must not keep the others from their turn.
      ctx.log.error({ provider: id, error }, "products not brought up to date");
    }
  }
}

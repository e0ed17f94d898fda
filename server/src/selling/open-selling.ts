import { openCatalogCache } from "#catalog/catalog-cache.ts";
import type { Context } from "#database/context.ts";
import type { Queryable } from "#database/statement.ts";
import { openHoldRules } from "#orders/hold-rules/hold-rules.ts";
import type { HoldRules } from "#orders/hold-rules/verdict.ts";
import { openLookups } from "#orders/lookup/lookup.ts";
import type { Lookups } from "#orders/lookup/lookup.ts";
import { openOrderBatches } from "#orders/placing/order-batch.ts";
import type { OrderContext } from "#orders/placing/place-order.ts";
import { openProductContext } from "#product-orders/product-context.ts";
import type { ProductContext } from "#product-orders/product-context.ts";

const refreshEveryMs = 1000;

/**
 * What a process sells with: its price list, its rules and its connections to the database. One of
 * each.
 */
export type Selling = OrderContext & {
  readonly holds: HoldRules;
  readonly lookups: Lookups;
  readonly products: ProductContext;
};

/**
 * Opens what the API, the pages and the command line sell with. With `refreshedFrom`, price list
 * and rules are read from there, and again every second until `close`. Without it they stay as they
 * were when opened, which suffices for a command: an order priced from an older list is priced
 * again. `close` does not wait for work under way: the caller ends that first.
 */
export async function openSelling(
  ctx: Context,
  { refreshedFrom }: { readonly refreshedFrom?: Queryable } = {},
): Promise<Selling & { close(): Promise<void> }> {
  const catalog = await openCatalogCache(ctx, refreshedFrom);
  const holds = await openHoldRules(ctx, refreshedFrom);
  const refresh = () => {
    void Promise.all([catalog.refresh(), holds.refresh()]).catch((error: unknown) =>
      ctx.log.warn({ error }, "price list and rules not refreshed"),
    );
  };
  const timer = refreshedFrom && setInterval(refresh, refreshEveryMs);
  return {
    ctx,
    catalog,
    holds,
    batches: openOrderBatches(ctx),
    lookups: openLookups(ctx),
    products: openProductContext(ctx),
    close: async () => clearInterval(timer),
  };
}

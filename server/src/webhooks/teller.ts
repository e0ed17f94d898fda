import { openCatalogCache } from "#catalog/catalog-cache.ts";
import type { CatalogCache } from "#catalog/catalog-cache.ts";
import type { Context } from "#database/context.ts";
import type { AccountId } from "#values/ids.ts";
import type { Teller } from "./merge-streams.ts";

const catalogs = new WeakMap<Context, Promise<CatalogCache>>();

/**
 * What is needed to tell a customer of events, for a process that keeps no price list for other
 * purposes.
 */
export async function tellerFor(
  ctx: Context,
  accountId: AccountId,
  currency: string,
): Promise<Teller> {
  const opened = catalogs.get(ctx) ?? openCatalogCache(ctx);
  catalogs.set(ctx, opened);
  // After a failed opening the next caller tries again.
  opened.catch(() => catalogs.delete(ctx));
  return tellerOf(await opened, accountId, currency);
}

/** The same, with an existing price list. */
export function tellerOf(list: CatalogCache, accountId: AccountId, currency: string): Teller {
  return {
    accountId,
    currency,
    list,
    prices: async () => {
      await list.refresh();
      list.forgetPrices(accountId);
      return list.pricesOf(accountId);
    },
  };
}

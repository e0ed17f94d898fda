import { openCatalogCache } from "#catalog/catalog-cache.ts";
import type { CatalogCache } from "#catalog/catalog-cache.ts";
import type { Context } from "#database/context.ts";
import type { AccountId } from "#values/ids.ts";
import type { Teller } from "./merge-streams.ts";

const catalogs = new WeakMap<Context, Promise<CatalogCache>>();

/** What a customer's events are told with, by a process that keeps no price list for other ends. */
export async function tellerFor(
  ctx: Context,
  accountId: AccountId,
  currency: string,
): Promise<Teller> {
  const opened = catalogs.get(ctx) ?? openCatalogCache(ctx);
  catalogs.set(ctx, opened);
  // What could not be opened is tried again by the next.
  opened.catch(() => catalogs.delete(ctx));
  return tellerOf(await opened, accountId, currency);
}

/** The same, with a price list that is there already. */
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

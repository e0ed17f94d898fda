import { LRUCache } from "lru-cache";
import type { Context } from "#database/context.ts";
import type { Queryable } from "#database/statement.ts";
import type { AccountId, ServiceId } from "#values/ids.ts";
import { findPriceTerms } from "#customers/customers.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { findCatalogVersion, listServices, listServicesPage } from "./catalog.sql.ts";
import { listCustomRates } from "./custom-rates.sql.ts";
import { panelMargin } from "./panel-margin.ts";
import type { CustomerPrices, PanelMargin } from "./price.ts";
import type { Service } from "./service.ts";

const customersMax = 20_000;
/**
 * How many services are read from the database at a time: some 10 ms of work, then others have
 * their turn.
 */
const pageSize = 1000;
const pagedTriesMax = 3;

/** What this process remembers of the price list and of customers' own prices. */
export type CatalogCache = {
  /** Rises with every change that this process has seen. */
  readonly version: () => number;
  /** All services in the order in which they are shown, disabled ones included. */
  readonly services: () => readonly Service[];
  readonly find: (id: ServiceId) => Service | undefined;
  /** The margin below which nothing is sold; as old as the services, or newer. */
  readonly margin: () => PanelMargin;
  /** Looks for changes; calls that come during a look share it. */
  readonly refresh: () => Promise<void>;
  /** The customer's own prices, read again where `version` is newer than the remembered one. */
  readonly pricesOf: (id: AccountId, version?: number) => Promise<CustomerPrices>;
  /** The same, if they are remembered: for the hot path, which must not wait. */
  readonly rememberedPricesOf: (id: AccountId) => CustomerPrices | undefined;
  /** Forgets a customer's prices, because an order found them out of date. */
  readonly forgetPrices: (id: AccountId) => void;
};

/**
 * Opens the cache, filled; `refreshedFrom` is the database connection that keeps it up to date. It
 * may be behind for a moment, so an order is decided only if the versions that it was priced with
 * are still the committed ones (`place_orders_v1`).
 */
export async function openCatalogCache(
  ctx: Context,
  refreshedFrom: Queryable = ctx.db,
): Promise<CatalogCache> {
  let version = 0;
  let services: readonly Service[] = [];
  let byId: ReadonlyMap<ServiceId, Service> = new Map();
  let margin = panelMargin(await readSettings(refreshedFrom));
  let underWay: Promise<void> | undefined;
  const prices = new LRUCache<AccountId, CustomerPrices>({ max: customersMax });

  const load = async () => {
    const current = await findCatalogVersion(refreshedFrom);
    if (current === version) return;
    const fresh = await listInPages(refreshedFrom, current);
    // Read after the services, whose versions a change of it raises: an order priced with a newer
    // margin than its service is refused as outdated, and one with an older margin is never
    // accepted.
    const freshMargin = panelMargin(await readSettings(refreshedFrom));
    services = fresh;
    margin = freshMargin;
    byId = new Map(services.map((service) => [service.id, service]));
    // Read before the rows: what is committed in between is found by the next refresh.
    version = current;
  };

  const cache: CatalogCache = {
    version: () => version,
    services: () => services,
    margin: () => margin,
    find: (id) => byId.get(id),
    refresh: () => {
      underWay ??= load().finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
    rememberedPricesOf: (id) => prices.get(id),
    pricesOf: async (id, wanted) => {
      const known = prices.get(id);
      if (known !== undefined && known.version >= (wanted ?? 0)) return known;
      const customer = await findPriceTerms(ctx.db, id);
      if (customer === undefined) throw new Error(`account ${id} has no customer`);
      const customRates = await listCustomRates(ctx.db, customer.ratesOf);
      const fresh = {
        discountPercent: customer.discountPercent,
        customRates,
        version: customer.priceVersion,
      };
      prices.set(id, fresh);
      return fresh;
    },
    forgetPrices: (id) => {
      prices.delete(id);
    },
  };
  await cache.refresh();
  return cache;
}

/**
 * All services as one list of `version` or later; read in one go where changes keep coming in
 * between.
 */
async function listInPages(db: Queryable, version: number): Promise<readonly Service[]> {
  let before = version;
  for (let tries = 0; tries < pagedTriesMax; tries++) {
    const services: Service[] = [];
    let page: readonly Service[];
    do {
      page = await listServicesPage(db, { limit: pageSize, offset: services.length });
      services.push(...page);
    } while (page.length === pageSize);
    if (services.length < pageSize) return services;
    const after = await findCatalogVersion(db);
    if (after === before) return services;
    before = after;
  }
  return listServices(db);
}

import type { CatalogCache } from "#catalog/catalog-cache.ts";
import type { KeyRing } from "#customers/key-ring.ts";
import type { Context } from "#database/context.ts";
import type { StorageWatch } from "#database/storage.ts";
import type { OrderContext } from "#orders/placing/place-order.ts";
import type { Lookups } from "#orders/lookup/lookup.ts";
import type { ProductContext } from "#product-orders/product-context.ts";
import type { Settings } from "#settings/settings.ts";
import type { Admission } from "#http/admission.ts";
import type { CommandLimiters } from "./command-limiters.ts";
import type { ServicesLists } from "./services-list.ts";

/** Everything that the reseller API of one process works with. */
export type ResellerContext = OrderContext & {
  readonly ctx: Context;
  readonly storage: StorageWatch;
  readonly catalog: CatalogCache;
  readonly keys: KeyRing;
  readonly admission: Admission;
  readonly limiters: CommandLimiters;
  readonly lookups: Lookups;
  readonly lists: ServicesLists;
  readonly products: ProductContext;
  readonly settings: () => Settings;
};

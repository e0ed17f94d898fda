// Long because: the columns of a service stand in statements that are read side by side.
import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { CategoryId, ProviderId, ServiceId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount, exchanged } from "#values/money.ts";
import type { Followable } from "./follows.ts";
import { markUpFromJson, markUpJson } from "./mark-up.ts";
import type { MarginPolicy } from "./price.ts";
import { refillTermsDefault, refillTermsFromRow, refillTermsValues } from "./refill-terms.ts";
import type { RefillTerms, RefillTermsRow } from "./refill-terms.ts";
import type { Listing, Service } from "./service.ts";

const findVersion = statement<{ version: number }>(
  "catalog.findVersion",
  "select version from catalog_state",
);

/** The version of the price list: every committed change of a category or service raises it. */
export async function findCatalogVersion(db: Queryable): Promise<number> {
  return (await findVersion.one(db)).version;
}

const raiseVersion = statement<{ version: number }>(
  "catalog.raiseVersion",
  "update catalog_state set version = version + 1 returning version",
);

/** Takes the next version; locks the price list until the transaction ends. */
export async function raiseCatalogVersion(tx: Tx): Promise<number> {
  return (await raiseVersion.one(tx)).version;
}

const lockCatalogSql = statement<{ version: number }>(
  "catalog.lockCatalog",
  "select version from catalog_state for update",
);

/**
 * Locks the price list until the transaction ends, for work that may turn out to change nothing.
 */
export async function lockCatalog(tx: Tx): Promise<void> {
  await lockCatalogSql.one(tx);
}

type ServiceRow = RefillTermsRow & {
  id: ServiceId;
  category_id: CategoryId;
  category: string;
  name: string;
  type: string;
  rate: string;
  min: number;
  max: number;
  refill: boolean;
  cancel: boolean;
  dripfeed: boolean;
  description: string;
  status: string;
  provider_id: ProviderId;
  provider_service: string | null;
  provider_rate: string | null;
  exchange_rate: string;
  routing: Service["routing"];
  follows: Followable[];
  mark_up: Record<string, unknown> | null;
  listing: Listing;
  margin_percent: string | null;
  below_margin: MarginPolicy | null;
  average_seconds: number | null;
  runs_upstream: boolean;
  version: number;
};

const selectServices = `
  select s.id, s.category_id, c.name as category, s.name, s.type, s.rate, s.min, s.max, s.refill,
         s.cancel, s.dripfeed, s.description, s.status, s.provider_id, s.provider_service,
         s.provider_rate, p.exchange_rate, s.routing, s.follows, s.mark_up, s.listing,
         s.margin_percent, s.below_margin, s.refill_days, s.refill_after_hours,
         s.refill_between_hours, s.refill_drop_min, s.refill_drop_percent, s.refill_by,
         s.refill_service_id, s.refill_percent, s.average_seconds, s.runs_upstream, s.version
    from services s
    join categories c on c.id = s.category_id
    join providers p on p.id = s.provider_id`;

const listServicesSql = statement<ServiceRow>(
  "catalog.listServices",
  `${selectServices} order by c.position, c.id, s.position, s.id`,
);

/** The whole price list in the order in which it is shown: category position, then service. */
export async function listServices(db: Queryable): Promise<Service[]> {
  return (await listServicesSql.all(db)).map(serviceFromRow);
}

const listPageSql = statement<ServiceRow>(
  "catalog.listServicesPage",
  `${selectServices}
    order by c.position, c.id, s.position, s.id
    limit $1::integer
   offset $2::bigint`,
);

/** A page of the same list. Pages fit together if the list did not change in between. */
export async function listServicesPage(
  db: Queryable,
  page: { readonly limit: number; readonly offset: number },
): Promise<Service[]> {
  return (await listPageSql.all(db, page.limit, page.offset)).map(serviceFromRow);
}

const listServicesByIdsSql = statement<ServiceRow>(
  "catalog.listServicesByIds",
  `${selectServices} where s.id = any ($1::bigint[]) order by s.id`,
);

/** Lists these services as far as they exist, in the order of their ids. */
export async function listServicesByIds(
  db: Queryable,
  ids: readonly ServiceId[],
): Promise<Service[]> {
  return (await listServicesByIdsSql.all(db, ids)).map(serviceFromRow);
}

const listServicesOfProviderSql = statement<ServiceRow>(
  "catalog.listServicesOfProvider",
  `${selectServices} where s.provider_id = $1::bigint order by s.id`,
);

/** Lists the services whose own provider this is, in the order of their ids. */
export async function listServicesOfProvider(db: Queryable, id: ProviderId): Promise<Service[]> {
  return (await listServicesOfProviderSql.all(db, id)).map(serviceFromRow);
}

const findServiceSql = statement<ServiceRow>(
  "catalog.findService",
  `${selectServices} where s.id = $1::bigint`,
);

export async function findService(db: Queryable, id: ServiceId): Promise<Service | undefined> {
  const row = await findServiceSql.maybe(db, id);
  return row && serviceFromRow(row);
}

function serviceFromRow(row: ServiceRow): Service {
  const providerRate =
    row.provider_rate === null ? undefined : amountFromDecimal(row.provider_rate);
  return {
    id: row.id,
    categoryId: row.category_id,
    category: row.category,
    name: row.name,
    type: row.type,
    rate: amountFromDecimal(row.rate),
    min: row.min,
    max: row.max,
    refill: row.refill,
    cancel: row.cancel,
    dripfeed: row.dripfeed,
    description: row.description,
    isEnabled: row.status === "enabled",
    providerId: row.provider_id,
    providerService: row.provider_service ?? undefined,
    providerRate,
    cost: providerRate && exchanged(providerRate, amountFromDecimal(row.exchange_rate)),
    routing: row.routing,
    follows: row.follows,
    markUp: row.mark_up === null ? undefined : markUpFromJson(row.mark_up),
    listing: row.listing,
    marginPercent: row.margin_percent === null ? undefined : amountFromDecimal(row.margin_percent),
    belowMargin: row.below_margin ?? undefined,
    refillTerms: refillTermsFromRow(row),
    averageSeconds: row.average_seconds ?? undefined,
    runsUpstream: row.runs_upstream,
    version: row.version,
  };
}

/** A service before it has an id and a version. */
export type NewService = Pick<
  Service,
  | "categoryId"
  | "name"
  | "type"
  | "rate"
  | "min"
  | "max"
  | "refill"
  | "cancel"
  | "dripfeed"
  | "description"
  | "providerId"
  | "providerService"
  | "providerRate"
> & {
  /** The default terms if left out. */
  readonly refillTerms?: RefillTerms;
};

const insertServiceSql = statement<{ id: ServiceId }>(
  "catalog.insertService",
  `insert into services (category_id, name, type, rate, min, max, refill, cancel, dripfeed,
                         description, provider_id, provider_service, provider_rate, version,
                         position, refill_days, refill_after_hours, refill_between_hours,
                         refill_drop_min, refill_drop_percent, refill_by, refill_service_id,
                         refill_percent, follows)
   values ($1::bigint, $2::text, $3::text, $4::numeric, $5::bigint, $6::bigint, $7::boolean,
           $8::boolean, $9::boolean, $10::text, $11::bigint, $12::text, $13::numeric, $14::bigint,
           $15::integer, $16::integer, $17::integer, $18::integer, $19::bigint, $20::integer,
           $21::text, $22::bigint, $23::integer,
           case when $12::text is null then '{}'::text[] else '{status}'::text[] end)
   returning id`,
);

/**
 * `version` comes from `raiseCatalogVersion` in the same transaction. A service with an id at its
 * provider is switched off when the provider drops it; everything else about it is the operator's.
 */
export async function insertService(
  tx: Tx,
  service: NewService,
  version: number,
  position: number,
): Promise<ServiceId> {
  const row = await insertServiceSql.one(
    tx,
    service.categoryId,
    service.name,
    service.type,
    decimalFromAmount(service.rate),
    service.min,
    service.max,
    service.refill,
    service.cancel,
    service.dripfeed,
    service.description,
    service.providerId,
    service.providerService,
    service.providerRate === undefined ? null : decimalFromAmount(service.providerRate),
    version,
    position,
    ...refillTermsValues(service.refillTerms ?? refillTermsDefault),
  );
  return row.id;
}

const updateServiceSql = statement(
  "catalog.updateService",
  `update services
      set category_id = $2::bigint, name = $3::text, type = $4::text, rate = $5::numeric,
          min = $6::bigint, max = $7::bigint, refill = $8::boolean, cancel = $9::boolean,
          dripfeed = $10::boolean, description = $11::text, status = $12::text,
          provider_id = $13::bigint, provider_service = $14::text, provider_rate = $15::numeric,
          version = $16::bigint, routing = $17::text, follows = $18::text[], mark_up = $19::jsonb,
          listing = $20::text, margin_percent = $21::numeric, below_margin = $22::text,
          refill_days = $23::integer, refill_after_hours = $24::integer,
          refill_between_hours = $25::integer, refill_drop_min = $26::bigint,
          refill_drop_percent = $27::integer, refill_by = $28::text,
          refill_service_id = $29::bigint, refill_percent = $30::integer,
          runs_upstream = $31::boolean, updated_at = panel_now()
    where id = $1::bigint`,
);

/** `version` comes from `raiseCatalogVersion` in the same transaction. */
export async function updateService(tx: Tx, service: Service, version: number): Promise<void> {
  await updateServiceSql.run(
    tx,
    service.id,
    service.categoryId,
    service.name,
    service.type,
    decimalFromAmount(service.rate),
    service.min,
    service.max,
    service.refill,
    service.cancel,
    service.dripfeed,
    service.description,
    service.isEnabled ? "enabled" : "disabled",
    service.providerId,
    service.providerService,
    service.providerRate === undefined ? null : decimalFromAmount(service.providerRate),
    version,
    service.routing,
    service.follows,
    service.markUp === undefined ? null : JSON.stringify(markUpJson(service.markUp)),
    service.listing,
    service.marginPercent === undefined ? null : decimalFromAmount(service.marginPercent),
    service.belowMargin,
    ...refillTermsValues(service.refillTerms),
    service.runsUpstream,
  );
}

const findCategorySql = statement<{ id: CategoryId }>(
  "catalog.findCategory",
  "select id from categories where name = $1::text",
);
const insertCategorySql = statement<{ id: CategoryId }>(
  "catalog.insertCategory",
  `insert into categories (name, position)
   values ($1::text, (select coalesce(max(position), 0) + 1 from categories))
   returning id`,
);

/** Finds the category of that name, or makes it at the end of the list. */
export async function ensureCategory(tx: Tx, name: string): Promise<CategoryId> {
  const found = await findCategorySql.maybe(tx, name);
  return (found ?? (await insertCategorySql.one(tx, name))).id;
}

const insertCategoriesSql = statement(
  "catalog.insertCategories",
  `insert into categories (name, position)
   select i.name, (select coalesce(max(position), 0) from categories) + i.n
     from unnest($1::text[]) with ordinality as i (name, n)
    where not exists (select 1 from categories c where c.name = i.name)
    order by i.n`,
);
const listCategoriesByNameSql = statement<{ id: CategoryId; name: string }>(
  "catalog.listCategoriesByName",
  "select id, name from categories where name = any ($1::text[])",
);

/**
 * Finds the categories of these names; missing ones are made at the end of the list, in this order.
 */
export async function ensureCategories(
  tx: Tx,
  names: readonly string[],
): Promise<ReadonlyMap<string, CategoryId>> {
  await insertCategoriesSql.run(tx, names);
  const rows = await listCategoriesByNameSql.all(tx, names);
  return new Map(rows.map((row) => [row.name, row.id]));
}

const setAverageSecondsSql = statement(
  "catalog.setAverageSeconds",
  `update services s
      set average_seconds = i.seconds
     from unnest($1::bigint[], $2::integer[]) as i (id, seconds)
    where s.id = i.id and s.average_seconds is distinct from i.seconds`,
);

/**
 * Stores the average times that customers are told; returns how many changed. No price changes: the
 * services keep their versions, and only the list gets a new one.
 */
export async function setAverageSeconds(
  tx: Tx,
  averages: readonly { readonly id: ServiceId; readonly seconds: number | undefined }[],
): Promise<number> {
  await lockCatalog(tx);
  const changed = await setAverageSecondsSql.run(
    tx,
    averages.map(({ id }) => id),
    averages.map(({ seconds }) => seconds),
  );
  if (changed > 0) await raiseCatalogVersion(tx);
  return changed;
}

const raiseCostedVersionsSql = statement(
  "catalog.raiseVersionsOfCosted",
  "update services set version = $1::bigint where provider_rate is not null",
);

/** Raises the version of everything with a known cost, because its price may have changed. */
export async function raiseVersionsOfCosted(tx: Tx, version: number): Promise<void> {
  await raiseCostedVersionsSql.run(tx, version);
}

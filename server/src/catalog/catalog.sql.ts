import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, CategoryId, ProviderId, ServiceId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { CustomRate } from "./price.ts";
import type { Service } from "./service.ts";

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

/** Takes the next version; holds the price list until the transaction ends. */
export async function raiseCatalogVersion(tx: Tx): Promise<number> {
  return (await raiseVersion.one(tx)).version;
}

type ServiceRow = {
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
  version: number;
};

const selectServices = `
  select s.id, s.category_id, c.name as category, s.name, s.type, s.rate, s.min, s.max, s.refill,
         s.cancel, s.dripfeed, s.description, s.status, s.provider_id, s.provider_service,
         s.provider_rate, s.version
    from services s
    join categories c on c.id = s.category_id`;

const listServicesSql = statement<ServiceRow>(
  "catalog.listServices",
  `${selectServices} order by c.position, c.id, s.position, s.id`,
);

/** The whole price list in the order in which it is shown: category position, then service. */
export async function listServices(db: Queryable): Promise<Service[]> {
  return (await listServicesSql.all(db)).map(serviceFromRow);
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
    providerRate: row.provider_rate === null ? undefined : amountFromDecimal(row.provider_rate),
    version: row.version,
  };
}

/** A service before it has an id and a version. */
export type NewService = Omit<Service, "id" | "category" | "isEnabled" | "version">;

const insertServiceSql = statement<{ id: ServiceId }>(
  "catalog.insertService",
  `insert into services (category_id, name, type, rate, min, max, refill, cancel, dripfeed,
                         description, provider_id, provider_service, provider_rate, version,
                         position)
   values ($1::bigint, $2::text, $3::text, $4::numeric, $5::bigint, $6::bigint, $7::boolean,
           $8::boolean, $9::boolean, $10::text, $11::bigint, $12::text, $13::numeric, $14::bigint,
           $15::integer)
   returning id`,
);

/** `version` comes from `raiseCatalogVersion` in the same transaction. */
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
          version = $16::bigint, updated_at = panel_now()
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

/** The category of that name, made at the end of the list where it is missing. */
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

/** The categories of these names, the missing ones made at the end of the list in this order. */
export async function ensureCategories(
  tx: Tx,
  names: readonly string[],
): Promise<ReadonlyMap<string, CategoryId>> {
  await insertCategoriesSql.run(tx, names);
  const rows = await listCategoriesByNameSql.all(tx, names);
  return new Map(rows.map((row) => [row.name, row.id]));
}

const listCustomRatesSql = statement<{
  service_id: ServiceId;
  fixed: string | null;
  percent: string | null;
}>(
  "catalog.listCustomRates",
  "select service_id, fixed, percent from custom_rates where account_id = $1::bigint",
);

export async function listCustomRates(
  db: Queryable,
  accountId: AccountId,
): Promise<Map<ServiceId, CustomRate>> {
  const rates = new Map<ServiceId, CustomRate>();
  for (const row of await listCustomRatesSql.all(db, accountId)) {
    if (row.fixed !== null) {
      rates.set(row.service_id, { kind: "fixed", rate: amountFromDecimal(row.fixed) });
    } else if (row.percent !== null) {
      rates.set(row.service_id, { kind: "percent", percent: amountFromDecimal(row.percent) });
    }
  }
  return rates;
}

const upsertCustomRateSql = statement(
  "catalog.upsertCustomRate",
  `insert into custom_rates (account_id, service_id, fixed, percent)
   values ($1::bigint, $2::bigint, $3::numeric, $4::numeric)
   on conflict (account_id, service_id)
   do update set fixed = excluded.fixed, percent = excluded.percent`,
);
const deleteCustomRateSql = statement(
  "catalog.deleteCustomRate",
  "delete from custom_rates where account_id = $1::bigint and service_id = $2::bigint",
);

/** Sets or, with `undefined`, removes a customer's own rate. Raise the customer's price version. */
export async function putCustomRate(
  tx: Tx,
  accountId: AccountId,
  serviceId: ServiceId,
  rate: CustomRate | undefined,
): Promise<void> {
  if (rate === undefined) {
    await deleteCustomRateSql.run(tx, accountId, serviceId);
    return;
  }
  await upsertCustomRateSql.run(
    tx,
    accountId,
    serviceId,
    rate.kind === "fixed" ? decimalFromAmount(rate.rate) : null,
    rate.kind === "percent" ? decimalFromAmount(rate.percent) : null,
  );
}

import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { ProviderId } from "#values/ids.ts";
import { decimalFromAmount } from "#values/money.ts";
import type { ListedService, ServiceList } from "./read-service-list.ts";

// A provider's list as it was last believed. Unchanged rows are not written: a list is read every
// hour and hardly ever changes.

const putListSql = statement(
  "catalog.putProviderServices",
  `insert into provider_services as p
          (provider_id, provider_service, name, category, type, rate, min, max, refill, cancel,
           dripfeed, description, appeared_at)
   select $1::bigint, provider_service, name, category, type, rate, min, max, refill, cancel,
          dripfeed, description, case when $13::boolean then panel_now() end
     from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::numeric[], $7::bigint[],
                 $8::bigint[], $9::boolean[], $10::boolean[], $11::boolean[], $12::text[])
          as i (provider_service, name, category, type, rate, min, max, refill, cancel, dripfeed,
                description)
    order by provider_service
   on conflict (provider_id, provider_service) do update
      set name = excluded.name, category = excluded.category, type = excluded.type,
          rate = excluded.rate, min = excluded.min, max = excluded.max, refill = excluded.refill,
          cancel = excluded.cancel, dripfeed = excluded.dripfeed,
          description = excluded.description, changed_at = panel_now(), gone_at = null
    where p.gone_at is not null
       or (p.name, p.category, p.type, p.rate, p.min, p.max, p.refill, p.cancel, p.dripfeed,
           p.description)
          is distinct from
          (excluded.name, excluded.category, excluded.type, excluded.rate, excluded.min,
           excluded.max, excluded.refill, excluded.cancel, excluded.dripfeed,
           excluded.description)`,
);
const markGoneSql = statement(
  "catalog.markProviderServicesGone",
  `update provider_services
      set gone_at = panel_now()
    where provider_id = $1::bigint and gone_at is null
      and not provider_service = any ($2::text[])`,
);

/** Stores a list that is believed. `isFirst`: nothing in it counts as new. */
export async function putProviderServices(
  tx: Tx,
  providerId: ProviderId,
  services: readonly ListedService[],
  isFirst: boolean,
): Promise<void> {
  const ids = services.map((service) => service.providerService);
  await putListSql.run(
    tx,
    providerId,
    ids,
    services.map((service) => service.name),
    services.map((service) => service.category),
    services.map((service) => service.type),
    services.map((service) => decimalFromAmount(service.cost)),
    services.map((service) => service.min),
    services.map((service) => service.max),
    services.map((service) => service.refill),
    services.map((service) => service.cancel),
    services.map((service) => service.dripfeed),
    services.map((service) => service.description ?? null),
    !isFirst,
  );
  await markGoneSql.run(tx, providerId, ids);
}

const setSourceRatesSql = statement(
  "catalog.setSourceRates",
  `update service_sources x
      set provider_rate = i.rate
     from unnest($2::text[], $3::numeric[]) as i (provider_service, rate)
    where x.provider_id = $1::bigint and i.provider_service = x.provider_service
      and x.provider_rate is distinct from i.rate`,
);

/**
 * Sets what the further sources of services cost there according to the list, including rows that
 * cannot be sold as they stand.
 */
export async function setSourceRates(
  tx: Tx,
  providerId: ProviderId,
  { services, unfit }: Pick<ServiceList, "services" | "unfit">,
): Promise<void> {
  const priced = [...services, ...unfit].flatMap(({ providerService, cost }) =>
    cost === undefined ? [] : [{ providerService, cost }],
  );
  await setSourceRatesSql.run(
    tx,
    providerId,
    priced.map(({ providerService }) => providerService),
    priced.map(({ cost }) => decimalFromAmount(cost)),
  );
}

const listOldSql = statement<{ provider_service: string }>(
  "catalog.listOldProviderServices",
  `select provider_service
     from provider_services
    where provider_id = $1::bigint
      and (appeared_at is null or appeared_at < panel_now() - interval '7 days')`,
);

/** Lists what has been in the list for more than a week, or from the start. */
export async function listOldProviderServices(
  db: Queryable,
  providerId: ProviderId,
): Promise<ReadonlySet<string>> {
  const rows = await listOldSql.all(db, providerId);
  return new Set(rows.map((row) => row.provider_service));
}

import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { ProviderId, ServiceId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Service } from "./service.ts";

/** One way to deliver a service: a provider, and what the service is called there. */
export type Source = {
  readonly serviceId: ServiceId;
  readonly providerId: ProviderId;
  /** What staff call the provider. */
  readonly alias: string;
  readonly providerService: string | undefined;
  /** Of 1000 (of one order for the Package types), in the provider's currency. */
  readonly providerRate: Amount | undefined;
  readonly exchangeRate: Amount;
  /** True for the service's own provider, which comes before all other sources. */
  readonly isOwn: boolean;
  readonly position: number;
  /** The source and its provider are switched on. */
  readonly isEnabled: boolean;
  /** Nothing new is sent to the provider at the moment. */
  readonly isHeld: boolean;
  /** The service's wire type and which source is asked first. */
  readonly type: string;
  readonly routing: Service["routing"];
  /** The service's own margin, where it has one: per cent above cost. */
  readonly marginPercent: Amount | undefined;
  readonly belowMargin: Service["belowMargin"];
};

type SourceRow = {
  service_id: ServiceId;
  provider_id: ProviderId;
  alias: string;
  provider_service: string | null;
  provider_rate: string | null;
  exchange_rate: string;
  is_own: boolean;
  position: number;
  is_enabled: boolean;
  is_held: boolean;
  type: string;
  routing: Service["routing"];
  margin_percent: string | null;
  below_margin: NonNullable<Service["belowMargin"]> | null;
};

const listSourcesSql = statement<SourceRow>(
  "catalog.listSources",
  `select x.service_id, x.provider_id, p.alias, x.provider_service, x.provider_rate,
          p.exchange_rate, x.is_own, x.position,
          x.status = 'enabled' and p.status = 'enabled' as is_enabled,
          ps.hold_kind is not null as is_held, s.type, s.routing, s.margin_percent,
          s.below_margin
     from (select id as service_id, provider_id, provider_service, provider_rate, true as is_own,
                  0 as position, 'enabled' as status
             from services
            where id = any ($1::bigint[])
           union all
           select service_id, provider_id, provider_service, provider_rate, false, position, status
             from service_sources
            where service_id = any ($1::bigint[])) x
     join services s on s.id = x.service_id
     join providers p on p.id = x.provider_id
     join provider_states ps on ps.provider_id = x.provider_id
    order by x.service_id, x.is_own desc, x.position, x.provider_id, x.provider_service`,
);

/**
 * Lists every source of these services, switched-off ones included: the own one first, then by
 * position.
 */
export async function listSources(
  db: Queryable,
  serviceIds: readonly ServiceId[],
): Promise<Source[]> {
  return (await listSourcesSql.all(db, serviceIds)).map((row) => ({
    serviceId: row.service_id,
    providerId: row.provider_id,
    alias: row.alias,
    providerService: row.provider_service ?? undefined,
    providerRate: row.provider_rate === null ? undefined : amountFromDecimal(row.provider_rate),
    exchangeRate: amountFromDecimal(row.exchange_rate),
    isOwn: row.is_own,
    position: row.position,
    isEnabled: row.is_enabled,
    isHeld: row.is_held,
    type: row.type,
    routing: row.routing,
    marginPercent: row.margin_percent === null ? undefined : amountFromDecimal(row.margin_percent),
    belowMargin: row.below_margin ?? undefined,
  }));
}

const hasSharedSql = statement<{ has: boolean }>(
  "catalog.hasOtherSources",
  `select exists (
     select 1
       from service_sources x
       join services s on s.id = x.service_id
      where x.status = 'enabled'
        and (s.provider_id = $1::bigint and x.provider_id <> $1::bigint
             or x.provider_id = $1::bigint)) as has`,
);

/** True where another provider may also deliver a service that this provider delivers. */
export async function hasOtherSources(db: Queryable, providerId: ProviderId): Promise<boolean> {
  return (await hasSharedSql.one(db, providerId)).has;
}

/** Identifies one further source of a service. */
export type SourceKey = {
  readonly serviceId: ServiceId;
  readonly providerId: ProviderId;
  readonly providerService: string;
};

/** What can be changed of a further source. */
export type SourceTerms = {
  readonly providerRate: Amount | undefined;
  readonly position: number;
  readonly isEnabled: boolean;
};

const insertSourceSql = statement(
  "catalog.insertSource",
  `insert into service_sources (service_id, provider_id, provider_service, provider_rate, position)
   values ($1::bigint, $2::bigint, $3::text, $4::numeric, $5::integer)
   on conflict do nothing`,
);

/** Inserts a source; returns false where the service already has it. */
export async function insertSource(
  tx: Tx,
  key: SourceKey,
  terms: Pick<SourceTerms, "providerRate" | "position">,
): Promise<boolean> {
  const rate = terms.providerRate === undefined ? null : decimalFromAmount(terms.providerRate);
  const { serviceId, providerId, providerService } = key;
  const { position } = terms;
  return (
    (await insertSourceSql.run(tx, serviceId, providerId, providerService, rate, position)) === 1
  );
}

const lockSourceSql = statement<{ provider_rate: string | null; position: number; status: string }>(
  "catalog.lockSource",
  `select provider_rate, position, status
     from service_sources
    where service_id = $1::bigint and provider_id = $2::bigint and provider_service = $3::text
      for update`,
);

export async function lockSource(tx: Tx, key: SourceKey): Promise<SourceTerms | undefined> {
  const row = await lockSourceSql.maybe(tx, key.serviceId, key.providerId, key.providerService);
  return (
    row && {
      providerRate: row.provider_rate === null ? undefined : amountFromDecimal(row.provider_rate),
      position: row.position,
      isEnabled: row.status === "enabled",
    }
  );
}

const updateSourceSql = statement(
  "catalog.updateSource",
  `update service_sources
      set provider_rate = $4::numeric, position = $5::integer, status = $6::text
    where service_id = $1::bigint and provider_id = $2::bigint and provider_service = $3::text`,
);

/** Writes a locked source. */
export async function updateSource(tx: Tx, key: SourceKey, terms: SourceTerms): Promise<void> {
  await updateSourceSql.run(
    tx,
    key.serviceId,
    key.providerId,
    key.providerService,
    terms.providerRate === undefined ? null : decimalFromAmount(terms.providerRate),
    terms.position,
    terms.isEnabled ? "enabled" : "disabled",
  );
}

const deleteSourceSql = statement(
  "catalog.deleteSource",
  `delete from service_sources
    where service_id = $1::bigint and provider_id = $2::bigint and provider_service = $3::text`,
);

/** Deletes a source; returns false where there was none. Orders that wait there stay there. */
export async function deleteSource(tx: Tx, key: SourceKey): Promise<boolean> {
  return (await deleteSourceSql.run(tx, key.serviceId, key.providerId, key.providerService)) === 1;
}

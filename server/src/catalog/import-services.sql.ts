import { statement } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { CategoryId, ProviderId, ServiceId } from "#values/ids.ts";
import { decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { ListedService } from "./read-service-list.ts";

type ImportedService = Omit<ListedService, "category" | "row"> & {
  readonly categoryId: CategoryId;
  readonly rate: Amount;
};

const insertServicesSql = statement(
  "catalog.insertServices",
  `insert into services (category_id, name, rate, min, max, refill, cancel, dripfeed, description,
                         provider_rate, type, provider_service, provider_id, version, position)
   select category_id, name, rate, min, max, refill, cancel, dripfeed, description,
          provider_rate, type, provider_service, $13::bigint, $14::bigint, ($14::bigint)::integer
     from unnest($1::bigint[], $2::text[], $3::numeric[], $4::bigint[], $5::bigint[],
                 $6::boolean[], $7::boolean[], $8::boolean[], $9::text[], $10::numeric[],
                 $11::text[], $12::text[]) with ordinality
          as i (category_id, name, rate, min, max, refill, cancel, dripfeed, description,
                provider_rate, type, provider_service, n)
    order by n`,
);

/** All at once, at the end of their categories in the order given. */
export async function insertServices(
  tx: Tx,
  services: readonly ImportedService[],
  providerId: ProviderId,
  version: number,
): Promise<void> {
  if (services.length === 0) return;
  await insertServicesSql.run(
    tx,
    ...columnsOf(services),
    services.map((service) => service.type),
    services.map((service) => service.providerService),
    providerId,
    version,
  );
}

const rewriteServicesSql = statement(
  "catalog.rewriteServices",
  `update services s
      set category_id = i.category_id, name = i.name, rate = i.rate, min = i.min, max = i.max,
          refill = i.refill, cancel = i.cancel, dripfeed = i.dripfeed,
          description = i.description, provider_rate = i.provider_rate, version = $12::bigint,
          updated_at = panel_now()
     from unnest($1::bigint[], $2::text[], $3::numeric[], $4::bigint[], $5::bigint[],
                 $6::boolean[], $7::boolean[], $8::boolean[], $9::text[], $10::numeric[],
                 $11::bigint[])
          as i (category_id, name, rate, min, max, refill, cancel, dripfeed, description,
                provider_rate, id)
    where s.id = i.id`,
);

/** Brings services up to date with their provider's list; type and status stay. */
export async function rewriteServices(
  tx: Tx,
  services: readonly (ImportedService & { readonly id: ServiceId })[],
  version: number,
): Promise<void> {
  if (services.length === 0) return;
  const ids = services.map((service) => service.id);
  await rewriteServicesSql.run(tx, ...columnsOf(services), ids, version);
}

/** What both statements set, as one array for each column. */
function columnsOf(services: readonly ImportedService[]): unknown[][] {
  return [
    services.map((service) => service.categoryId),
    services.map((service) => service.name),
    services.map((service) => decimalFromAmount(service.rate)),
    services.map((service) => service.min),
    services.map((service) => service.max),
    services.map((service) => service.refill),
    services.map((service) => service.cancel),
    services.map((service) => service.dripfeed),
    services.map((service) => service.description ?? ""),
    services.map((service) => decimalFromAmount(service.cost)),
  ];
}

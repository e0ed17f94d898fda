import { statement } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { CategoryId, ProviderId, ServiceId } from "#values/ids.ts";
import { decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Followable } from "#catalog/follows.ts";
import { markUpJson } from "#catalog/mark-up.ts";
import type { MarkUp } from "#catalog/mark-up.ts";
import type { Offer } from "./offer.ts";

// What a run does to many services: one statement for each kind of change.

/** A service as a run wants it. */
export type OfferRow = Omit<Offer, "category"> & { readonly categoryId: CategoryId };

const insertServicesSql = statement<{ id: ServiceId; provider_service: string }>(
  "catalog.insertServices",
  `insert into services (category_id, name, rate, min, max, refill, cancel, dripfeed, description,
                         provider_rate, status, listing, type, provider_service, provider_id,
                         version, position, follows, mark_up)
   select category_id, name, rate, min, max, refill, cancel, dripfeed, description, provider_rate,
          status, listing, type, provider_service, $15::bigint, $16::bigint,
          ($16::bigint)::integer, $17::text[], $18::jsonb
     from unnest($1::bigint[], $2::text[], $3::numeric[], $4::bigint[], $5::bigint[],
                 $6::boolean[], $7::boolean[], $8::boolean[], $9::text[], $10::numeric[],
                 $11::text[], $12::text[], $13::text[], $14::text[]) with ordinality
          as i (category_id, name, rate, min, max, refill, cancel, dripfeed, description,
                provider_rate, status, listing, type, provider_service, n)
    order by n
   returning id, provider_service`,
);

/**
 * Inserts all at once, at the end of their categories in the given order. Returns their ids by the
 * provider's, each of which occurs once.
 */
export async function insertServices(
  tx: Tx,
  services: readonly (OfferRow & { readonly type: string; readonly providerService: string })[],
  terms: {
    readonly providerId: ProviderId;
    readonly version: number;
    readonly follows: readonly Followable[];
    readonly markUp: MarkUp | undefined;
  },
): Promise<ReadonlyMap<string, ServiceId>> {
  if (services.length === 0) return new Map();
  const rows = await insertServicesSql.all(
    tx,
    ...columnsOf(services),
    services.map((service) => service.type),
    services.map((service) => service.providerService),
    terms.providerId,
    terms.version,
    terms.follows,
    terms.markUp && JSON.stringify(markUpJson(terms.markUp)),
  );
  return new Map(rows.map((row) => [row.provider_service, row.id]));
}

const rewriteServicesSql = statement(
  "catalog.rewriteServices",
  `update services s
      set category_id = i.category_id, name = i.name, rate = i.rate, min = i.min, max = i.max,
          refill = i.refill, cancel = i.cancel, dripfeed = i.dripfeed,
          description = i.description, provider_rate = i.provider_rate, status = i.status,
          listing = i.listing, version = $14::bigint, updated_at = panel_now()
     from unnest($1::bigint[], $2::text[], $3::numeric[], $4::bigint[], $5::bigint[],
                 $6::boolean[], $7::boolean[], $8::boolean[], $9::text[], $10::numeric[],
                 $11::text[], $12::text[], $13::bigint[])
          as i (category_id, name, rate, min, max, refill, cancel, dripfeed, description,
                provider_rate, status, listing, id)
    where s.id = i.id`,
);

/** Rewrites services; the type and the owner of each field stay. */
export async function rewriteServices(
  tx: Tx,
  services: readonly (OfferRow & { readonly id: ServiceId })[],
  version: number,
): Promise<void> {
  if (services.length === 0) return;
  const ids = services.map((service) => service.id);
  await rewriteServicesSql.run(tx, ...columnsOf(services), ids, version);
}

const setRatesSql = statement(
  "catalog.setServiceRates",
  `update services s
      set rate = i.rate, provider_rate = i.provider_rate, version = $4::bigint,
          updated_at = panel_now()
     from unnest($1::bigint[], $2::numeric[], $3::numeric[]) as i (id, rate, provider_rate)
    where s.id = i.id`,
);

/** Sets prices and costs only. Every service given gets the version. */
export async function setServiceRates(
  tx: Tx,
  services: readonly {
    readonly id: ServiceId;
    readonly rate: Amount;
    readonly providerRate: Amount | undefined;
  }[],
  version: number,
): Promise<void> {
  if (services.length === 0) return;
  await setRatesSql.run(
    tx,
    services.map(({ id }) => id),
    services.map(({ rate }) => decimalFromAmount(rate)),
    services.map(({ providerRate }) => decimalOrNull(providerRate)),
    version,
  );
}

/** What both big statements set, as one array per column. */
function columnsOf(services: readonly OfferRow[]): unknown[][] {
  return [
    services.map((service) => service.categoryId),
    services.map((service) => service.name),
    services.map((service) => decimalFromAmount(service.rate)),
    services.map((service) => service.min),
    services.map((service) => service.max),
    services.map((service) => service.refill),
    services.map((service) => service.cancel),
    services.map((service) => service.dripfeed),
    services.map((service) => service.description),
    services.map((service) => decimalOrNull(service.providerRate)),
    services.map((service) => (service.isEnabled ? "enabled" : "disabled")),
    services.map((service) => service.listing),
  ];
}

function decimalOrNull(amount: Amount | undefined): string | null {
  return amount === undefined ? null : decimalFromAmount(amount);
}

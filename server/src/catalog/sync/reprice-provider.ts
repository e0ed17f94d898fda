import type { Tx } from "#database/transaction.ts";
import type { ProviderId } from "#values/ids.ts";
import { listServicesOfProvider, raiseCatalogVersion } from "#catalog/catalog.sql.ts";
import { sellingRate } from "#catalog/mark-up.ts";
import { rateMax } from "#catalog/service.ts";
import { setServiceRates } from "./sync-services.sql.ts";
import { findSyncTerms } from "#catalog/sync-terms.sql.ts";

/** How many services have a known cost, and how many of their prices changed. */
export type Repriced = { readonly costed: number; readonly changed: number };

/**
 * Makes the prices that follow a provider anew, after its exchange rate or its mark-up changed in
 * the same transaction, and records that all its costs may have changed: no later order takes the
 * old ones. Takes the lock of the price list, after a lock of the provider.
 */
export async function repriceProvider(tx: Tx, providerId: ProviderId): Promise<Repriced> {
  const version = await raiseCatalogVersion(tx);
  const { markUp } = await findSyncTerms(tx, providerId);
  const services = (await listServicesOfProvider(tx, providerId)).filter(
    ({ cost }) => cost !== undefined,
  );
  const repriced = services.map((service) => {
    const itsMarkUp = service.markUp ?? markUp;
    const { cost, rate } = service;
    if (cost === undefined || itsMarkUp === undefined) return service;
    const made = sellingRate(cost, itsMarkUp);
    const isPossible = made > 0n && made <= rateMax;
    return { ...service, rate: service.follows.includes("rate") && isPossible ? made : rate };
  });
  await setServiceRates(tx, repriced, version);
  const changed = repriced.filter(({ rate }, index) => rate !== services[index]?.rate).length;
  return { costed: services.length, changed };
}

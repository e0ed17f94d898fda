import type { Tx } from "#database/transaction.ts";
import type { ServiceId } from "#values/ids.ts";
import { findService } from "./catalog.sql.ts";
import type { RefillTerms, RefillTermsRefusal } from "./refill-terms.ts";

/**
 * Checks the service whose orders refill those of another: it must exist, and must not be the
 * service that it refills. `id` is the service of the terms; `undefined` while that is being made.
 */
export async function checkRefillService(
  tx: Tx,
  id: ServiceId | undefined,
  { serviceId }: RefillTerms,
): Promise<RefillTermsRefusal | undefined> {
  if (serviceId === undefined) return undefined;
  const isKnown = serviceId !== id && (await findService(tx, serviceId)) !== undefined;
  if (isKnown) return undefined;
  return { code: "refill_terms_invalid", problem: { what: "service_unfit", serviceId } };
}

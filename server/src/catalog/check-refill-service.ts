import type { Tx } from "#database/transaction.ts";
import type { ServiceId } from "#values/ids.ts";
import { findService } from "./catalog.sql.ts";
import type { RefillTerms, RefillTermsRefusal } from "./refill-terms.ts";

/**
 * What is wrong with the service whose orders refill those of another: it must be there, and be none
 * that would refill itself. `id` is the service of the terms; `undefined`: one that is just made.
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

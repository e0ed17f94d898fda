import type { Tx } from "#database/transaction.ts";
import type { CategoryId, ProviderId, ServiceId } from "#values/ids.ts";
import { ensureCategories } from "#catalog/catalog.sql.ts";
import { followable, followedByDefault } from "#catalog/follows.ts";
import { isSameMarkUp } from "#catalog/mark-up.ts";
import type { MarkUp } from "#catalog/mark-up.ts";
import type { Offer } from "./offer.ts";
import type { Service } from "#catalog/service.ts";
import { markChangesApplied, markChangesLeftAlone, markCostsTaken } from "./sync-changes.sql.ts";
import type { StoredChange } from "./sync-changes.sql.ts";
import type { SyncKind } from "./sync-runs.sql.ts";
import { insertServices, rewriteServices, setServiceRates } from "./sync-services.sql.ts";
import type { OfferRow } from "./sync-services.sql.ts";
import { findSyncTerms, putMarkUp } from "#catalog/sync-terms.sql.ts";

/** What of a run is to be applied, and to what. */
export type ApplyChangesInput = {
  readonly run: {
    readonly id: number;
    readonly kind: SyncKind;
    readonly providerId: ProviderId;
    readonly markUp: MarkUp | undefined;
  };
  readonly changes: readonly StoredChange[];
  /** The services sold from the provider, read under the lock of the price list. */
  readonly services: readonly Service[];
  /** From `raiseCatalogVersion` of the same transaction. */
  readonly version: number;
};

/**
 * How many changes were applied, and how many were left because their service had changed in the
 * meantime.
 */
export type AppliedChanges = { readonly done: number; readonly leftAlone: number };

const leftAloneReason = "the service was changed since the plan was made";

/**
 * Applies proposed changes in a handful of statements. A service that is no longer as the plan
 * found it is left alone.
 */
export async function applyChanges(tx: Tx, input: ApplyChangesInput): Promise<AppliedChanges> {
  const { run, services, version } = input;
  const byId = new Map(services.map((service) => [service.id, service]));
  const copies = new Map<string, number>();
  for (const { providerService: id } of services) {
    if (id !== undefined) copies.set(id, (copies.get(id) ?? 0) + 1);
  }
  const fresh: (StoredChange & { readonly after: Offer })[] = [];
  const existing: (StoredChange & { readonly after: Offer; readonly service: Service })[] = [];
  const stale: number[] = [];
  for (const change of input.changes) {
    const { after, known } = change;
    const service = known && byId.get(known.id);
    if (after === undefined) continue;
    const soldNow = copies.get(change.providerService) ?? 0;
    if (known === undefined && soldNow === change.copies) fresh.push({ ...change, after });
    else if (service?.version === known?.version && service !== undefined) {
      existing.push({ ...change, after, service });
    } else stale.push(change.number);
  }
  const rowOf = await categorize(tx, [
    ...fresh.map(({ after }) => after),
    ...existing.map(({ after }) => after),
  ]);
  const ids = await insertServices(
    tx,
    fresh.map(({ after, type, providerService }) => ({ ...rowOf(after), type, providerService })),
    {
      providerId: run.providerId,
      version,
      // A file is the operator's own word on everything, including a service's place in the list.
      follows: run.kind === "file" ? followable : followedByDefault,
      markUp: await ownMarkUp(tx, run),
    },
  );
  await rewriteServices(
    tx,
    existing.map(({ after, service }) => ({ ...rowOf(after), id: service.id })),
    version,
  );
  await markChangesApplied(tx, run.id, version, [
    ...fresh.map(({ number, providerService }) => ({
      number,
      serviceId: idOf(ids, providerService),
    })),
    ...existing.map(({ number, service }) => ({ number, serviceId: service.id })),
  ]);
  if (stale.length > 0) await markChangesLeftAlone(tx, run.id, stale, leftAloneReason);
  return { done: fresh.length + existing.length, leftAlone: stale.length };
}

/**
 * Takes over the higher costs from changes that wait, so that nothing is sold below the margin
 * merely because nobody has decided yet.
 */
export async function takeCosts(tx: Tx, input: ApplyChangesInput): Promise<void> {
  const byId = new Map(input.services.map((service) => [service.id, service]));
  const taken = input.changes.flatMap(({ number, known, after }) => {
    const service = known && byId.get(known.id);
    const providerRate = after?.providerRate;
    if (service === undefined || providerRate === undefined) return [];
    if (service.version !== known?.version || providerRate <= (service.providerRate ?? 0n)) {
      return [];
    }
    return [{ number, id: service.id, rate: service.rate, providerRate }];
  });
  if (taken.length === 0) return;
  await setServiceRates(tx, taken, input.version);
  const numbers = taken.map(({ number }) => number);
  await markCostsTaken(tx, input.run.id, input.version, numbers);
}

/** Makes the missing categories of offers; returns a function that writes an offer as a row. */
export async function categorize(
  tx: Tx,
  offers: readonly Offer[],
): Promise<(offer: Offer) => OfferRow> {
  const names = [...new Set(offers.map(({ category }) => category))];
  const categories: ReadonlyMap<string, CategoryId> =
    names.length === 0 ? new Map() : await ensureCategories(tx, names);
  return ({ category, ...offer }) => {
    const categoryId = categories.get(category);
    if (categoryId === undefined) throw new Error(`no category was made for ${category}`);
    return { ...offer, categoryId };
  };
}

/**
 * The mark-up that new services need of their own, because it differs from their provider's. The
 * first import's becomes the provider's, and so does that of every file.
 */
async function ownMarkUp(tx: Tx, run: ApplyChangesInput["run"]): Promise<MarkUp | undefined> {
  if (run.markUp === undefined) return undefined;
  const { markUp } = await findSyncTerms(tx, run.providerId);
  if (markUp !== undefined && isSameMarkUp(markUp, run.markUp)) return undefined;
  if (markUp !== undefined && run.kind !== "file") return run.markUp;
  await putMarkUp(tx, run.providerId, run.markUp);
  return undefined;
}

function idOf(ids: ReadonlyMap<string, ServiceId>, providerService: string): ServiceId {
  const id = ids.get(providerService);
  if (id === undefined) throw new Error("a new service got no id");
  return id;
}

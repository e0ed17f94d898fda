import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { ProviderId, ServiceId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Offer } from "./offer.ts";
import type { SyncChange, SyncChangeKind } from "./plan-sync.ts";
import type { Listing } from "#catalog/service.ts";

/** A change as it was stored, with its outcome. */
export type StoredChange = SyncChange & {
  readonly number: number;
  readonly appliedAt: Date | undefined;
  readonly appliedVersion: number | undefined;
  readonly costAt: Date | undefined;
  readonly undoneAt: Date | undefined;
  readonly leftAlone: string | undefined;
};

const insertChangesSql = statement(
  "catalog.insertSyncChanges",
  `insert into sync_changes (run_id, number, kind, provider_service, service_id, service_version,
                             before, after, brake, note, copies, cost_at)
   select $1::bigint, n, kind, provider_service, service_id, service_version, before, after, brake,
          note, copies, case when service_id = any ($11::bigint[]) then panel_now() end
     from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::jsonb[], $7::jsonb[],
                 $8::text[], $9::text[], $10::integer[]) with ordinality
          as i (kind, provider_service, service_id, service_version, before, after, brake, note,
                copies, n)`,
);
/**
 * Stores the changes of a plan, in its order. `costsTaken` names the services whose higher cost an
 * earlier run took over while their change still waits.
 */
export async function insertSyncChanges(
  tx: Tx,
  runId: number,
  changes: readonly SyncChange[],
  costsTaken: Iterable<ServiceId>,
): Promise<void> {
  if (changes.length === 0) return;
  await insertChangesSql.run(
    tx,
    runId,
    changes.map(({ kind }) => kind),
    changes.map(({ providerService }) => providerService),
    changes.map(({ known }) => known?.id ?? null),
    changes.map(({ known }) => known?.version ?? null),
    changes.map(({ before, type }) => offerText(before, type)),
    changes.map(({ after, type }) => offerText(after, type)),
    changes.map(({ brake }) => brake ?? null),
    changes.map(({ note }) => note ?? null),
    changes.map(({ copies }) => copies),
    [...costsTaken],
  );
}

type ChangeRow = {
  number: number;
  kind: SyncChangeKind;
  provider_service: string;
  service_id: ServiceId | null;
  service_version: number | null;
  copies: number;
  before: StoredOffer | null;
  after: StoredOffer | null;
  brake: string | null;
  note: string | null;
  applied_at: Date | null;
  applied_version: number | null;
  cost_at: Date | null;
  undone_at: Date | null;
  left_alone: string | null;
};

const listChangesSql = statement<ChangeRow>(
  "catalog.listSyncChanges",
  `select number, kind, provider_service, service_id, service_version, copies, before, after, brake,
          note, applied_at, applied_version, cost_at, undone_at, left_alone
     from sync_changes
    where run_id = $1::bigint
    order by number`,
);

/** All changes of a run, in the order of the plan. */
export async function listSyncChanges(db: Queryable, runId: number): Promise<StoredChange[]> {
  return (await listChangesSql.all(db, runId)).map(changeFromRow);
}

const listWaitingCostsSql = statement<{ service_id: ServiceId; provider_rate: string | null }>(
  "catalog.listWaitingCosts",
  `select c.service_id, c.before ->> 'provider_rate' as provider_rate
     from sync_runs r
     join sync_changes c on c.run_id = r.id
    where r.provider_id = $1::bigint and r.status = 'stopped'
      and c.service_id is not null and c.cost_at is not null and c.applied_at is null`,
);

/**
 * What services cost before their higher cost was taken over, while the change of their price still
 * waits. So a jump that was stopped does not pass as a small step the next time.
 */
export async function listWaitingCosts(
  db: Queryable,
  providerId: ProviderId,
): Promise<ReadonlyMap<ServiceId, Amount>> {
  const rows = await listWaitingCostsSql.all(db, providerId);
  return new Map(
    rows.flatMap(({ service_id: id, provider_rate: rate }) =>
      rate === null ? [] : [[id, amountFromDecimal(rate)]],
    ),
  );
}

const countChangesSql = statement<{
  run_id: number;
  kind: SyncChangeKind;
  changes: number;
  applied: number;
  braked: number;
}>(
  "catalog.countSyncChanges",
  `select run_id, kind, count(*)::integer as changes, count(applied_at)::integer as applied,
          count(brake)::integer as braked
     from sync_changes
    where run_id = any ($1::bigint[])
    group by run_id, kind
    order by run_id, kind`,
);

/** How many changes runs had, by kind. */
export function countSyncChanges(
  db: Queryable,
  runIds: readonly number[],
): Promise<
  { run_id: number; kind: SyncChangeKind; changes: number; applied: number; braked: number }[]
> {
  return countChangesSql.all(db, runIds);
}

const markAppliedSql = statement(
  "catalog.markSyncChangesApplied",
  `update sync_changes c
      set applied_at = panel_now(), applied_version = $2::bigint, service_id = i.service_id,
          left_alone = null
     from unnest($3::integer[], $4::bigint[]) as i (number, service_id)
    where c.run_id = $1::bigint and c.number = i.number`,
);
const markCostSql = statement(
  "catalog.markSyncCosts",
  `update sync_changes
      set cost_at = panel_now(), service_version = $2::bigint
    where run_id = $1::bigint and number = any ($3::integer[])`,
);
const markUndoneSql = statement(
  "catalog.markSyncChangesUndone",
  `update sync_changes
      set undone_at = panel_now()
    where run_id = $1::bigint and number = any ($2::integer[])`,
);
const markLeftAloneSql = statement(
  "catalog.markSyncChangesLeftAlone",
  `update sync_changes
      set left_alone = $3::text
    where run_id = $1::bigint and number = any ($2::integer[])`,
);

/** Records that changes were applied, with the service that each made or changed. */
export async function markChangesApplied(
  tx: Tx,
  runId: number,
  version: number,
  done: readonly { readonly number: number; readonly serviceId: ServiceId }[],
): Promise<void> {
  const numbers = done.map(({ number }) => number);
  const services = done.map(({ serviceId }) => serviceId);
  await markAppliedSql.run(tx, runId, version, numbers, services);
}

/** Records that the costs of changes were taken over, and the version their services got by it. */
export async function markCostsTaken(
  tx: Tx,
  runId: number,
  version: number,
  numbers: readonly number[],
): Promise<void> {
  await markCostSql.run(tx, runId, version, numbers);
}

export async function markChangesUndone(
  tx: Tx,
  runId: number,
  numbers: readonly number[],
): Promise<void> {
  await markUndoneSql.run(tx, runId, numbers);
}

/** Records why changes were not applied, or not undone. */
export async function markChangesLeftAlone(
  tx: Tx,
  runId: number,
  numbers: readonly number[],
  reason: string,
): Promise<void> {
  await markLeftAloneSql.run(tx, runId, numbers, reason);
}

/** As it is stored: amounts as decimals, plus the type, for making services from it. */
type StoredOffer = {
  type: string;
  name: string;
  category: string;
  description: string;
  rate: string;
  provider_rate: string | null;
  min: number;
  max: number;
  refill: boolean;
  cancel: boolean;
  dripfeed: boolean;
  enabled: boolean;
  listing: Listing;
};

function offerText(offer: Offer | undefined, type: string): string | null {
  if (offer === undefined) return null;
  const { rate, providerRate, isEnabled, ...kept } = offer;
  const stored: StoredOffer = {
    ...kept,
    type,
    rate: decimalFromAmount(rate),
    provider_rate: providerRate === undefined ? null : decimalFromAmount(providerRate),
    enabled: isEnabled,
  };
  return JSON.stringify(stored);
}

function offerFromRow(stored: StoredOffer): Offer {
  return {
    name: stored.name,
    category: stored.category,
    description: stored.description,
    rate: amountFromDecimal(stored.rate),
    providerRate:
      stored.provider_rate === null ? undefined : amountFromDecimal(stored.provider_rate),
    min: stored.min,
    max: stored.max,
    refill: stored.refill,
    cancel: stored.cancel,
    dripfeed: stored.dripfeed,
    isEnabled: stored.enabled,
    listing: stored.listing,
  };
}

function changeFromRow(row: ChangeRow): StoredChange {
  const { service_id: id, service_version: version } = row;
  return {
    number: row.number,
    kind: row.kind,
    providerService: row.provider_service,
    type: row.after?.type ?? row.before?.type ?? "",
    known: id === null ? undefined : { id, version: version ?? 0 },
    copies: row.copies,
    before: row.before === null ? undefined : offerFromRow(row.before),
    after: row.after === null ? undefined : offerFromRow(row.after),
    brake: row.brake ?? undefined,
    note: row.note ?? undefined,
    appliedAt: row.applied_at ?? undefined,
    appliedVersion: row.applied_version ?? undefined,
    costAt: row.cost_at ?? undefined,
    undoneAt: row.undone_at ?? undefined,
    leftAlone: row.left_alone ?? undefined,
  };
}

import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import { actorName } from "#values/actor.ts";
import type { Actor } from "#values/actor.ts";
import type { ProviderId, ServiceId } from "#values/ids.ts";
import { markUpFromJson, markUpJson } from "#catalog/mark-up.ts";
import type { MarkUp } from "#catalog/mark-up.ts";
import type { SyncPlan } from "./plan-sync.ts";
import type { RowRemark } from "./read-service-list.ts";
import { insertSyncChanges } from "./sync-changes.sql.ts";

export type SyncKind = "import" | "sync" | "file";

/**
 * `planned`: nothing was changed yet; `stopped`: something waits for an operator; `replaced`: a
 * later run came before this one was applied; `failed`: there was no list to read.
 */
export type SyncStatus = "planned" | "stopped" | "applied" | "undone" | "replaced" | "failed";

/** One reading of a provider's list. */
export type SyncRun = {
  readonly id: number;
  readonly providerId: ProviderId;
  readonly kind: SyncKind;
  readonly status: SyncStatus;
  readonly actor: string;
  /** Why the whole run was stopped. */
  readonly brakes: readonly string[];
  /** Of the services that it brings. */
  readonly markUp: MarkUp | undefined;
  readonly failure: string | undefined;
  readonly listed: number;
  readonly refused: readonly RowRemark[];
  readonly notes: readonly RowRemark[];
  readonly createdAt: Date;
  readonly appliedAt: Date | undefined;
  readonly appliedBy: string | undefined;
  readonly undoneAt: Date | undefined;
  readonly undoneBy: string | undefined;
};

type RunRow = {
  id: number;
  provider_id: ProviderId;
  kind: SyncKind;
  status: SyncStatus;
  actor: string;
  brakes: string[];
  mark_up: Record<string, unknown> | null;
  failure: string | null;
  listed: number;
  refused: RowRemark[];
  notes: RowRemark[];
  created_at: Date;
  applied_at: Date | null;
  applied_by: string | null;
  undone_at: Date | null;
  undone_by: string | null;
};

const selectRuns = `
  select id, provider_id, kind, status, actor, brakes, mark_up, failure, listed, refused, notes,
         created_at, applied_at, applied_by, undone_at, undone_by
    from sync_runs`;

const insertRunSql = statement<{ id: number }>(
  "catalog.insertSyncRun",
  `insert into sync_runs (provider_id, kind, status, actor, brakes, mark_up, failure, listed,
                          refused, notes)
   values ($1::bigint, $2::text, $3::text, $4::text, $5::text[], $6::jsonb, $7::text, $8::integer,
           $9::jsonb, $10::jsonb)
   returning id`,
);
const replaceRunsSql = statement(
  "catalog.replaceSyncRuns",
  `update sync_runs
      set status = 'replaced'
    where provider_id = $1::bigint and status in ('planned', 'stopped') and applied_at is null
      and id < $2::bigint and kind = $3::text`,
);
const closeRunsSql = statement(
  "catalog.closeSyncRuns",
  `update sync_runs
      set status = 'applied'
    where provider_id = $1::bigint and status = 'stopped' and applied_at is not null
      and id < $2::bigint and kind = $3::text`,
);

/** Stores a plan. Earlier plans of this provider that still wait are replaced. */
export async function insertSyncRun(
  tx: Tx,
  run: {
    readonly providerId: ProviderId;
    readonly kind: SyncKind;
    readonly actor: Actor;
    readonly status: SyncStatus;
    readonly markUp: MarkUp | undefined;
    readonly failure: string | undefined;
    readonly listed: number;
    readonly plan: SyncPlan;
    /** Services whose higher cost an earlier run took over while their change still waits. */
    readonly costsTaken: Iterable<ServiceId>;
  },
): Promise<number> {
  const { plan } = run;
  const { id } = await insertRunSql.one(
    tx,
    run.providerId,
    run.kind,
    run.status,
    actorName(run.actor),
    plan.brakes,
    run.markUp && JSON.stringify(markUpJson(run.markUp)),
    run.failure,
    run.listed,
    JSON.stringify(plan.refused),
    JSON.stringify(plan.notes),
  );
  await insertSyncChanges(tx, id, plan.changes, run.costsTaken);
  if (run.status !== "failed") {
    await replaceRunsSql.run(tx, run.providerId, id, run.kind);
    await closeRunsSql.run(tx, run.providerId, id, run.kind);
  }
  return id;
}

const findRunSql = statement<RunRow>("catalog.findSyncRun", `${selectRuns} where id = $1::bigint`);
const lockRunSql = statement<RunRow>(
  "catalog.lockSyncRun",
  `${selectRuns} where id = $1::bigint for update`,
);
const listRunsSql = statement<RunRow>(
  "catalog.listSyncRuns",
  `${selectRuns}
    where $1::bigint is null or provider_id = $1::bigint
    order by id desc
    limit $2::integer`,
);

export async function findSyncRun(db: Queryable, id: number): Promise<SyncRun | undefined> {
  const row = await findRunSql.maybe(db, id);
  return row && runFromRow(row);
}

/** Locks the run until the transaction ends; take this lock after `catalog_state`. */
export async function lockSyncRun(tx: Tx, id: number): Promise<SyncRun | undefined> {
  const row = await lockRunSql.maybe(tx, id);
  return row && runFromRow(row);
}

/** Lists runs, the latest first, of one provider or of all. */
export async function listSyncRuns(
  db: Queryable,
  limit: number,
  providerId?: ProviderId,
): Promise<SyncRun[]> {
  return (await listRunsSql.all(db, providerId, limit)).map(runFromRow);
}

const markRunAppliedSql = statement(
  "catalog.markSyncRunApplied",
  `update sync_runs
      set status = $2::text, applied_at = panel_now(), applied_by = $3::text
    where id = $1::bigint`,
);
const markRunUndoneSql = statement(
  "catalog.markSyncRunUndone",
  `update sync_runs
      set status = 'undone', undone_at = panel_now(), undone_by = $2::text
    where id = $1::bigint`,
);

/** Marks a run as applied; as `stopped` where a part of it still waits. */
export async function markRunApplied(
  tx: Tx,
  runId: number,
  status: "applied" | "stopped",
  actor: Actor,
): Promise<void> {
  await markRunAppliedSql.run(tx, runId, status, actorName(actor));
}

export async function markRunUndone(tx: Tx, runId: number, actor: Actor): Promise<void> {
  await markRunUndoneSql.run(tx, runId, actorName(actor));
}

const deleteOldRunsSql = statement(
  "catalog.deleteOldSyncRuns",
  "delete from sync_runs where created_at < panel_now() - interval '180 days'",
);

/** Deletes runs from more than half a year ago. */
export async function deleteOldSyncRuns(db: Queryable): Promise<void> {
  await deleteOldRunsSql.run(db);
}

function runFromRow(row: RunRow): SyncRun {
  return {
    id: row.id,
    providerId: row.provider_id,
    kind: row.kind,
    status: row.status,
    actor: row.actor,
    brakes: row.brakes,
    markUp: row.mark_up === null ? undefined : markUpFromJson(row.mark_up),
    failure: row.failure ?? undefined,
    listed: row.listed,
    refused: row.refused,
    notes: row.notes,
    createdAt: row.created_at,
    appliedAt: row.applied_at ?? undefined,
    appliedBy: row.applied_by ?? undefined,
    undoneAt: row.undone_at ?? undefined,
    undoneBy: row.undone_by ?? undefined,
  };
}

import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { ProviderId } from "#values/ids.ts";
import type { ListTerms } from "./list-terms.ts";
import { markUpFromJson, markUpJson } from "./mark-up.ts";
import type { MarkUp } from "./mark-up.ts";

/** How a provider's list is imported, and what is known of it. */
export type SyncTerms = {
  /** For everything that has none of its own; `undefined` until the first import. */
  readonly markUp: MarkUp | undefined;
  readonly listTerms: ListTerms;
  /** `undefined`: only when asked to. */
  readonly syncMinutes: number | undefined;
  readonly dueAt: Date | undefined;
  /** When its list was last read and believed, and how many services it had then. */
  readonly listedAt: Date | undefined;
  readonly listed: number;
};

type TermsRow = {
  mark_up: Record<string, unknown> | null;
  types: Record<string, string>;
  min: number | null;
  max: number | null;
  sync_minutes: number | null;
  due_at: Date | null;
  listed_at: Date | null;
  listed: number;
};

const findTermsSql = statement<TermsRow>(
  "catalog.findSyncTerms",
  `select mark_up, types, min, max, sync_minutes, due_at, listed_at, listed
     from sync_terms
    where provider_id = $1::bigint`,
);

export async function findSyncTerms(db: Queryable, id: ProviderId): Promise<SyncTerms> {
  const row = await findTermsSql.maybe(db, id);
  return {
    markUp: row?.mark_up ? markUpFromJson(row.mark_up) : undefined,
    listTerms: {
      types: row?.types ?? {},
      min: row?.min ?? undefined,
      max: row?.max ?? undefined,
    },
    syncMinutes: row?.sync_minutes ?? undefined,
    dueAt: row?.due_at ?? undefined,
    listedAt: row?.listed_at ?? undefined,
    listed: row?.listed ?? 0,
  };
}

const putMarkUpSql = statement(
  "catalog.putMarkUp",
  `insert into sync_terms (provider_id, mark_up)
   values ($1::bigint, $2::jsonb)
   on conflict (provider_id) do update set mark_up = excluded.mark_up`,
);

/** Stores the mark-up. It changes no price: `repriceProvider` does. */
export async function putMarkUp(tx: Tx, id: ProviderId, markUp: MarkUp): Promise<void> {
  await putMarkUpSql.run(tx, id, JSON.stringify(markUpJson(markUp)));
}

const putListTermsSql = statement(
  "catalog.putListTerms",
  `insert into sync_terms (provider_id, types, min, max)
   values ($1::bigint, $2::jsonb, $3::bigint, $4::bigint)
   on conflict (provider_id)
   do update set types = excluded.types, min = excluded.min, max = excluded.max`,
);

/** Stores how the list is read from now on; what is sold changes with the next reading. */
export async function putListTerms(tx: Tx, id: ProviderId, terms: ListTerms): Promise<void> {
  await putListTermsSql.run(tx, id, JSON.stringify(terms.types), terms.min, terms.max);
}

const putScheduleSql = statement(
  "catalog.putSyncSchedule",
  `insert into sync_terms (provider_id, sync_minutes, due_at)
   values ($1::bigint, $2::integer, case when $2::integer is not null then panel_now() end)
   on conflict (provider_id)
   do update set sync_minutes = excluded.sync_minutes, due_at = excluded.due_at`,
);

/** Stores the schedule. The first sync is due at once; `undefined` ends the schedule. */
export async function putSyncSchedule(
  tx: Tx,
  id: ProviderId,
  minutes: number | undefined,
): Promise<void> {
  await putScheduleSql.run(tx, id, minutes);
}

const putListedSql = statement(
  "catalog.putListed",
  `insert into sync_terms (provider_id, listed_at, listed)
   values ($1::bigint, panel_now(), $2::integer)
   on conflict (provider_id)
   do update set listed_at = excluded.listed_at, listed = excluded.listed`,
);

/** Records that a list of this many services was read and believed. */
export async function putListed(tx: Tx, id: ProviderId, services: number): Promise<void> {
  await putListedSql.run(tx, id, services);
}

const leaseDueSql = statement<{ provider_id: ProviderId }>(
  "catalog.leaseDueSync",
  `update sync_terms
      set due_at = panel_now() + make_interval(mins => sync_minutes)
    where provider_id = (select provider_id
                           from sync_terms
                          where due_at <= panel_now()
                          order by due_at, provider_id
                          limit 1
                            for update skip locked)
   returning provider_id`,
);

/** Takes the sync that is most overdue, so that no other worker runs it too. */
export async function leaseDueSync(db: Queryable): Promise<ProviderId | undefined> {
  return (await leaseDueSql.maybe(db))?.provider_id;
}

const hasDueSql = statement<{ has: boolean }>(
  "catalog.hasDueSync",
  "select exists (select 1 from sync_terms where due_at <= panel_now()) as has",
);

/** Whether any sync is due. */
export async function hasDueSync(db: Queryable): Promise<boolean> {
  return (await hasDueSql.one(db)).has;
}

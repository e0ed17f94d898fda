import { arrayText, statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { ServiceId } from "#values/ids.ts";

/** What was measured for a service. Seconds count from placing; shares are from 0 to 1. */
export type FiguresRow = {
  readonly service_id: ServiceId;
  readonly ended: number;
  readonly completed: number;
  readonly finish_median: number | null;
  readonly finish_95: number | null;
  readonly start_median: number | null;
  readonly partial_share: number | null;
  readonly refill_share: number | null;
};

const measureSql = statement<FiguresRow>(
  "orders.measureServices",
  `with counted as (
     select o.service_id, o.status,
            extract(epoch from o.finished_at - o.created_at)::float8 as finish_seconds,
            extract(epoch from o.started_at - o.created_at)::float8 as start_seconds,
            exists (select from refills r
                     where r.account_id = o.account_id and r.order_id = o.id) as is_refilled
       from orders o
      where o.created_at > panel_now() - $1::integer * interval '1 day'
        and o.status in ('completed', 'partial', 'canceled') and o.finished_at is not null
        and o.runs is null and o.source <> 'refill'
        and not exists (select from accounts t where t.id = o.account_id and t.kind = 'test')
   )
   select service_id, count(*)::integer as ended,
          count(*) filter (where status = 'completed')::integer as completed,
          case when count(*) filter (where status = 'completed') >= $2::integer
               then percentile_cont(0.5) within group (order by finish_seconds)
                      filter (where status = 'completed') end as finish_median,
          case when count(*) filter (where status = 'completed') >= $2::integer
               then percentile_cont(0.95) within group (order by finish_seconds)
                      filter (where status = 'completed') end as finish_95,
          case when count(start_seconds) >= $2::integer
               then percentile_cont(0.5) within group (order by start_seconds) end
            as start_median,
          case when count(*) >= $2::integer
               then (count(*) filter (where status = 'partial'))::float8 / count(*) end
            as partial_share,
          case when count(*) filter (where status <> 'canceled') >= $2::integer
               then (count(*) filter (where is_refilled))::float8
                      / count(*) filter (where status <> 'canceled') end as refill_share
     from counted
    group by service_id
    order by service_id`,
);

/**
 * Reads the orders of that many days once, without orders that the panel runs in parts, refills and
 * test orders. A figure of fewer orders than `sampleMin` is null.
 */
export function measureOrders(
  db: Queryable,
  days: number,
  sampleMin: number,
): Promise<FiguresRow[]> {
  return measureSql.all(db, days, sampleMin);
}

const deleteSql = statement(
  "orders.deleteFigures",
  "delete from service_figures where not service_id = any ($1::bigint[])",
);
const upsertSql = statement(
  "orders.upsertFigures",
  `insert into service_figures (service_id, ended, completed, finish_median, finish_95,
                                start_median, partial_share, refill_share)
   select *
     from unnest($1::bigint[], $2::integer[], $3::integer[], $4::double precision[],
                 $5::double precision[], $6::double precision[], $7::double precision[],
                 $8::double precision[])
   on conflict (service_id) do update
      set measured_at = panel_now(), ended = excluded.ended, completed = excluded.completed,
          finish_median = excluded.finish_median, finish_95 = excluded.finish_95,
          start_median = excluded.start_median, partial_share = excluded.partial_share,
          refill_share = excluded.refill_share`,
);

/** Replaces all figures. */
export async function replaceFigures(tx: Tx, rows: readonly FiguresRow[]): Promise<void> {
  const ids = arrayText(rows.map((row) => row.service_id));
  await deleteSql.run(tx, ids);
  await upsertSql.run(
    tx,
    ids,
    rows.map((row) => row.ended),
    rows.map((row) => row.completed),
    rows.map((row) => row.finish_median),
    rows.map((row) => row.finish_95),
    rows.map((row) => row.start_median),
    rows.map((row) => row.partial_share),
    rows.map((row) => row.refill_share),
  );
}

const listSql = statement<FiguresRow & { readonly measured_at: Date }>(
  "orders.listFigures",
  `select service_id, measured_at, ended, completed, finish_median, finish_95, start_median,
          partial_share, refill_share
     from service_figures
    order by service_id`,
);

/** The last measured figures, by service. A service of which no order ended has none. */
export async function listFigures(
  db: Queryable,
): Promise<ReadonlyMap<ServiceId, FiguresRow & { readonly measured_at: Date }>> {
  return new Map((await listSql.all(db)).map((row) => [row.service_id, row]));
}

const findAgeSql = statement<{ seconds: number | null }>(
  "orders.findFiguresAge",
  `select extract(epoch from panel_now() - max(measured_at))::float8 as seconds
     from service_figures`,
);

/** How long ago figures were last measured. `undefined` where that has produced none yet. */
export async function findFiguresAge(db: Queryable): Promise<number | undefined> {
  return (await findAgeSql.one(db)).seconds ?? undefined;
}

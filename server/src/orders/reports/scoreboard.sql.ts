import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { ProviderId, ServiceId } from "#values/ids.ts";

/** Which part of our dealings is scored. */
export type ScoreFilter = {
  readonly days: number;
  readonly providerId: ProviderId | undefined;
  /** Ours. */
  readonly serviceId: ServiceId | undefined;
};

/** Of one provider, or of one of its services where `provider_service` is set. */
type Scored = {
  readonly provider_id: ProviderId;
  readonly provider_service: string | null;
};

/** The results of attempts and orders. Seconds count from when the order was handed over. */
export type OrderScoreRow = Scored & {
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  readonly not_sent: number;
  readonly unknown: number;
  readonly completed: number;
  readonly partial: number;
  readonly canceled: number;
  readonly started: number;
  readonly start_median: number | null;
  readonly start_90: number | null;
  readonly finished: number;
  readonly finish_median: number | null;
  readonly finish_90: number | null;
};

const scoreOrdersSql = statement<OrderScoreRow>(
  "orders.scoreOrders",
  `with scored as (
     select a.provider_id, coalesce(a.provider_service, '') as provider_service, a.outcome,
            a.outcome = 'accepted' or coalesce(a.settled_as = 'accepted', false) as is_accepted,
            a.outcome = 'refused' or coalesce(a.settled_as = 'refused', false) as is_refused,
            o.status,
            extract(epoch from o.started_at - a.ended_at)::float8 as start_seconds,
            extract(epoch from o.finished_at - a.ended_at)::float8 as finish_seconds
       from attempts a
       join orders o on o.account_id = a.account_id and o.id = a.order_id
      where a.started_at > panel_now() - $1::integer * interval '1 day'
        and a.outcome is distinct from 'by_hand'
        and not exists (select from accounts t where t.id = a.account_id and t.kind = 'test')
        and ($2::bigint is null or a.provider_id = $2::bigint)
        and ($3::bigint is null or o.service_id = $3::bigint)
   )
   select provider_id,
          case when grouping(provider_service) = 0 then provider_service end as provider_service,
          count(*) as sent,
          count(*) filter (where is_accepted) as accepted,
          count(*) filter (where is_refused) as refused,
          count(*) filter (where outcome = 'not_sent') as not_sent,
          count(*) filter (where outcome = 'unknown') as unknown,
          count(*) filter (where is_accepted and status = 'completed') as completed,
          count(*) filter (where is_accepted and status = 'partial') as partial,
          count(*) filter (where is_accepted and status = 'canceled') as canceled,
          count(start_seconds) filter (where is_accepted) as started,
          percentile_cont(0.5) within group (order by start_seconds)
            filter (where is_accepted) as start_median,
          percentile_cont(0.9) within group (order by start_seconds)
            filter (where is_accepted) as start_90,
          count(finish_seconds) filter (where is_accepted and status in ('completed', 'partial'))
            as finished,
          percentile_cont(0.5) within group (order by finish_seconds)
            filter (where is_accepted and status in ('completed', 'partial')) as finish_median,
          percentile_cont(0.9) within group (order by finish_seconds)
            filter (where is_accepted and status in ('completed', 'partial')) as finish_90
     from scored
    group by grouping sets ((provider_id), (provider_id, provider_service))
    order by provider_id, grouping(provider_service) desc, sent desc, provider_service
    limit 10000`,
);

/**
 * Providers with their services, those with most attempts first. Reads the attempts of the period
 * once.
 */
export function scoreOrders(db: Queryable, filter: ScoreFilter): Promise<OrderScoreRow[]> {
  return scoreOrdersSql.all(db, filter.days, filter.providerId, filter.serviceId);
}

/** The results of refills. Seconds from the request to Completed. */
export type RefillScoreRow = Scored & {
  readonly refills: number;
  readonly completed: number;
  readonly failed: number;
  readonly refill_median: number | null;
};

const scoreRefillsSql = statement<RefillScoreRow>(
  "orders.scoreRefills",
  `with scored as (
     select o.provider_id, coalesce(o.provider_service, '') as provider_service, r.status,
            extract(epoch from r.updated_at - r.created_at)::float8 as seconds
       from refills r
       join orders o on o.account_id = r.account_id and o.id = r.order_id
      where r.created_at > panel_now() - $1::integer * interval '1 day'
        and r.provider_id is not null
        and not exists (select from accounts t where t.id = r.account_id and t.kind = 'test')
        and ($2::bigint is null or o.provider_id = $2::bigint)
        and ($3::bigint is null or o.service_id = $3::bigint)
   )
   select provider_id,
          case when grouping(provider_service) = 0 then provider_service end as provider_service,
          count(*) as refills,
          count(*) filter (where status = 'completed') as completed,
          count(*) filter (where status in ('rejected', 'error')) as failed,
          percentile_cont(0.5) within group (order by seconds)
            filter (where status = 'completed') as refill_median
     from scored
    group by grouping sets ((provider_id), (provider_id, provider_service))
    order by provider_id, provider_service
    limit 10000`,
);

export function scoreRefills(db: Queryable, filter: ScoreFilter): Promise<RefillScoreRow[]> {
  return scoreRefillsSql.all(db, filter.days, filter.providerId, filter.serviceId);
}

/** What was spent, in the panel's currency, and since when. */
export type SpendRow = Scored & { readonly spent: string; readonly hours: number };

const scoreSpendSql = statement<SpendRow>(
  "orders.scoreSpend",
  `with scored as (
     select o.provider_id, coalesce(o.provider_service, '') as provider_service,
            -p.direction * p.amount as cost, p.created_at
       from postings p
       join orders o on o.id = p.order_id
      where p.kind in ('cost', 'cost_refund')
        and p.created_at > panel_now() - $1::integer * interval '1 day'
        and ($2::bigint is null or o.provider_id = $2::bigint)
        and ($3::bigint is null or o.service_id = $3::bigint)
   )
   select provider_id,
          case when grouping(provider_service) = 0 then provider_service end as provider_service,
          sum(cost)::text as spent,
          greatest(extract(epoch from panel_now() - min(created_at)) / 3600, 1)::float8 as hours
     from scored
    group by grouping sets ((provider_id), (provider_id, provider_service))
    order by provider_id, provider_service
    limit 10000`,
);

/** The period is at least an hour, so that the first order alone does not make a rate. */
export function scoreSpend(db: Queryable, filter: ScoreFilter): Promise<SpendRow[]> {
  return scoreSpendSql.all(db, filter.days, filter.providerId, filter.serviceId);
}

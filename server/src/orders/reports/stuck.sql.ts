import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import { actorName } from "#values/actor.ts";
import type { Actor } from "#values/actor.ts";
import type { AccountId, OrderId, ProviderId, ServiceId } from "#values/ids.ts";
import type { OrderStatus } from "#values/order-status.ts";

export type StuckOrder = {
  readonly account_id: AccountId;
  readonly id: OrderId;
  readonly service_id: ServiceId;
  readonly provider_id: ProviderId;
  readonly status: OrderStatus;
  readonly quantity: number;
  readonly remains: number;
  readonly created_at: Date;
  readonly age_seconds: number;
  /** Seconds since it last moved. */
  readonly quiet_seconds: number;
  /** What counts as too long for it. */
  readonly limit_seconds: number;
  /** True where the limit is its service's own. */
  readonly is_measured: boolean;
  /** Why staff muted it. */
  readonly muted: string | null;
};

/** What makes an order too old. */
export type StuckTerms = {
  /** For services without a time of their own. */
  readonly hours: number;
  /** How many orders a service needs to have a time of its own. */
  readonly sampleMin: number;
  /** The multiple of its 95th percentile. */
  readonly factor: number;
  /** The shortest that a service's own time can be. */
  readonly secondsMin: number;
};

// Open orders are found by their tasks, by the desk, and by who delivers them, never by reading all
// orders.
const listSql = statement<StuckOrder>(
  "orders.listStuck",
  `with open as (
     select account_id, order_id from tasks where kind::text <> 'run'
      union
     select account_id, order_id from desk_entries where closed_at is null
      union
     select account_id, order_id from attempts where outcome = 'by_hand'
   ),
   aged as (
     select o.account_id, o.id, o.service_id, o.provider_id, o.status, o.quantity, o.remains,
            o.created_at, m.reason as muted, f.finish_95 is not null as is_measured,
            extract(epoch from panel_now() - o.created_at)::float8 as age_seconds,
            extract(epoch from panel_now() - coalesce(c.at, o.created_at))::float8
              as quiet_seconds,
            case when f.finish_95 is null then $1::double precision * 3600
                 else greatest(f.finish_95 * $3::double precision, $4::double precision) end
              + coalesce(o.runs * o.interval_minutes * 60, 0) as limit_seconds
       from open
       join orders o on o.account_id = open.account_id and o.id = open.order_id
       join services s on s.id = o.service_id
       left join service_figures f on f.service_id = o.service_id and f.completed >= $2::integer
       left join stuck_mutes m on m.account_id = o.account_id and m.order_id = o.id
       left join lateral (
         select c.at
           from order_changes c
          where c.account_id = o.account_id and c.order_id = o.id
          order by c.id desc
          limit 1) c on true
      where o.status in ('pending', 'processing', 'in_progress') and o.held is null
        -- What makes orders lasts as long as it lasts, and may be paused; its orders may not.
        and not (s.type = 'Subscriptions' and o.parent_id is null)
        and not exists (select from schedules h
                         where h.account_id = o.account_id and h.order_id = o.id
                           and h.status = 'paused')
   )
   select *
     from aged
    where age_seconds > limit_seconds and quiet_seconds > limit_seconds / 2
      and ($5::bigint is null or provider_id = $5::bigint)
      and ($6::bigint is null or service_id = $6::bigint)
      and ((muted is null) <> $7::boolean)
    order by created_at, id
    limit $8::integer`,
);

export type StuckFilter = {
  readonly providerId: ProviderId | undefined;
  readonly serviceId: ServiceId | undefined;
  /** True: only muted orders. False: only the others. */
  readonly isMuted: boolean;
  readonly limit: number;
};

/**
 * Stuck orders, oldest first. An order that moves leaves the list by itself, for half of its limit.
 */
export function listStuck(
  db: Queryable,
  terms: StuckTerms,
  filter: StuckFilter,
): Promise<StuckOrder[]> {
  const { hours, sampleMin, factor, secondsMin } = terms;
  const { providerId, serviceId, isMuted, limit } = filter;
  const values = [hours, sampleMin, factor, secondsMin, providerId, serviceId, isMuted, limit];
  return listSql.all(db, ...values);
}

const muteSql = statement(
  "orders.muteStuck",
  `insert into stuck_mutes (account_id, order_id, reason, actor)
   values ($1::bigint, $2::bigint, $3::text, $4::text)
   on conflict (account_id, order_id) do update
      set reason = excluded.reason, actor = excluded.actor, at = panel_now()`,
);
const unmuteSql = statement(
  "orders.unmuteStuck",
  "delete from stuck_mutes where account_id = $1::bigint and order_id = $2::bigint",
);

export async function insertMute(
  tx: Tx,
  mute: {
    readonly accountId: AccountId;
    readonly orderId: OrderId;
    readonly reason: string;
    readonly actor: Actor;
  },
): Promise<void> {
  await muteSql.run(tx, mute.accountId, mute.orderId, mute.reason, actorName(mute.actor));
}

/** Unmutes an order. False where it was not muted. */
export async function deleteMute(tx: Tx, accountId: AccountId, orderId: OrderId): Promise<boolean> {
  return (await unmuteSql.run(tx, accountId, orderId)) > 0;
}

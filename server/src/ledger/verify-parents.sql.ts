import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Drift } from "./verify.sql.ts";

const driftsMax = 100;

// Sums the orders that drip-feeds and subscriptions made, for each of them, in one pass.
const made = `
  made as materialized (
    select account_id, parent_id, count(*) as children, max(run) as last_run,
           min(quantity) as least, max(quantity) as most, sum(charge) as charge,
           count(*) filter (where status not in ('completed', 'partial', 'canceled')) as open,
           sum(quantity)::bigint as pieces,
           sum(case status
                 when 'canceled' then quantity
                 when 'partial' then greatest(0, least(quantity, remains))
                 else 0 end)::bigint as lost
      from orders
     where parent_id is not null
     group by account_id, parent_id
  )`;

const checks = [
  statement<Drift>(
    "verify.children",
    `with ${made}
     select 'orders are not what their drip-feed or subscription makes' as what,
            m.account_id as account,
            case when p.id is null
                 then 'order ' || m.parent_id || ' does not exist and has ' || m.children || ' orders'
                 else 'order ' || p.id || ' of ' || p.quantity || ' in ' || coalesce(p.runs, 0)
                   || ' runs, charge ' || p.charge || ': ' || m.children || ' orders to number '
                   || m.last_run || ' of ' || m.least || ' to ' || m.most || ', charge ' || m.charge
            end as detail
       from made m left join orders p on p.account_id = m.account_id and p.id = m.parent_id
      where p.id is null
         or m.children <> m.last_run
         or case when p.runs is null then p.charge <> 0
                 else m.children > p.runs or m.charge <> 0
                   or m.least * p.runs <> p.quantity or m.most * p.runs <> p.quantity end
      limit ${driftsMax}`,
  ),
  statement<Drift>(
    "verify.posts",
    `with ${made}
     select 'subscription and its orders disagree' as what, account_id as account,
            'order ' || coalesce(m.order_id, s.order_id) || ': ' || coalesce(m.orders, 0)
              || ' orders for ' || coalesce(s.posts, 0) || ' posts' as detail
       from (select account_id, m.parent_id as order_id, m.children as orders
               from made m join orders p using (account_id)
              where p.id = m.parent_id and p.runs is null) m
       full join (select account_id, order_id, count(*) as posts
                    from (select account_id, order_id
                            from subscription_posts where status = 'ordered'
                           union all
                          select account_id, order_id
                            from mirrored_posts where status = 'ordered') ordered
                   group by account_id, order_id) s using (account_id, order_id)
      where coalesce(m.orders, 0) <> coalesce(s.posts, 0)
      limit ${driftsMax}`,
  ),
  // What a drip-feed has to refund follows from its runs at every moment. It refunds at its turns,
  // so it may be behind until it has ended. Where staff moved the feed itself, nothing follows from
  // its runs. Where an ended run was moved once more, the earlier refund is not taken back.
  statement<Drift>(
    "verify.dripFeeds",
    `with ${made},
     feeds as (
       select p.account_id, p.id, p.status, p.remains, p.refunded, p.quantity,
              s.status = 'done' as is_done, coalesce(m.open, 0) as open, l.lost,
              p.charge - div(p.charge * 100000000 * (p.quantity - l.lost), p.quantity)
                / 100000000 as due,
              case when l.lost = 0 then 'completed'
                   when l.lost < p.quantity then 'partial'
                   else 'canceled' end as end_status
         from schedules s
         join orders p on p.account_id = s.account_id and p.id = s.order_id
         left join made m on m.account_id = p.account_id and m.parent_id = p.id
        cross join lateral (
          select coalesce(m.lost, 0)
                   + case when s.status in ('stopped', 'done')
                          then p.quantity - coalesce(m.pieces, 0) else 0 end as lost) l
        where p.runs is not null
     ),
     suspects as materialized (
       select *
         from feeds
        where refunded > due
           or is_done and (refunded <> due or status::text <> end_status or open > 0)
     )
     select 'drip-feed and its runs disagree' as what, f.account_id as account,
            'order ' || f.id || ': ' || f.lost || ' of ' || f.quantity || ' lost, ' || trim_scale(due)
              || ' due, ' || trim_scale(f.refunded) || ' refunded, ' || f.status as detail
       from suspects f
      where not exists (select from order_changes c
                         where c.account_id = f.account_id and c.order_id = f.id
                           and c.actor <> 'panel')
        and not exists (select from orders r
                          join order_changes c on c.account_id = r.account_id and c.order_id = r.id
                         where r.account_id = f.account_id and r.parent_id = f.id
                           and c.status_before in ('completed', 'partial', 'canceled'))
      limit ${driftsMax}`,
  ),
];

/**
 * Lists drip-feeds and subscriptions that do not equal the sum of the orders they made, at most 100
 * of each kind. Runs must be numbered without a gap, all alike and free, and what they lost must be
 * refunded exactly; each ordered post must have one order. Those that a provider runs whole have no
 * orders of their own here.
 */
export async function listParentDrifts(db: Queryable): Promise<Drift[]> {
  const drifts: Drift[] = [];
  for (const check of checks) drifts.push(...(await check.all(db)));
  return drifts;
}

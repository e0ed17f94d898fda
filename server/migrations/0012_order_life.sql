-- The life of an order: orders that others make (runs of a drip-feed, posts of a subscription), that
-- wait for a review, that are play, and the third version of the batched `add`, which knows them.
-- Locks: orders and services for a moment (columns with constant defaults are not written into the
-- rows); the function locks the accounts of its batch, in the order of their ids.

alter type account_kind add value 'test';
alter type task_kind add value 'run';

alter table orders
  -- The drip-feed or subscription that made this order.
  add column parent_id bigint,
  -- Its number there, counted from 1: a run is made once.
  add column run integer check (run > 0),
  -- Where it came from.
  add column source text not null default 'api'
    check (source in ('api', 'web', 'mass', 'drip_feed', 'subscription', 'refill')),
  -- Why it waits for a review; outside it is Pending.
  add column held text,
  add constraint orders_run_whole check ((parent_id is null) = (run is null));
create unique index orders_runs on orders (account_id, parent_id, run) where parent_id is not null;

alter table services
  -- True: a drip-feed or subscription goes to the provider whole; false: this panel runs it.
  add column runs_upstream boolean not null default false;

drop function place_orders_v2;

-- Arrays run in parallel, one element for each order of the batch in arrival order. The answer has
-- one outcome for each: accepted or replayed (with the order's id), conflict (another request under
-- the same request id), insufficient, key (dead or changed), inactive (customer), or stale (priced
-- from an old price list: the caller prices again and asks again).
-- An order without a key is made by the panel itself. What is the same for nearly all orders comes in
-- arrays that may be empty: parent and run, task (`send` or `run`), source, and why it is held (it
-- then has no task).
-- Outcomes are stored in the same transaction under the batch's id.
-- Meant for connections whose planner looks rows up by key (`openHotPool`).
create function place_orders_v3(
  p_batch           uuid,
  p_account         bigint[],
  p_key             bigint[],
  p_key_version     bigint[],
  p_service         bigint[],
  p_service_version bigint[],
  p_price_version   bigint[],
  p_quantity        bigint[],
  p_runs            integer[],
  p_interval        integer[],
  p_rate            numeric[],
  p_charge          numeric[],
  p_cost            numeric[],
  p_link            text[],
  p_fields          jsonb[],
  p_request         text[],
  p_hash            uuid[],
  p_parent          bigint[],
  p_run             integer[],
  p_task            text[],
  p_source          text[],
  p_held            text[],
  out outcomes      text[],
  out order_ids     bigint[]
) language plpgsql as $$
declare
  orders_in integer := cardinality(p_account);
  -- Asked once: the columns' defaults would ask for each row.
  moment timestamptz := panel_now();
  has_requests boolean := array_remove(p_request, null) <> '{}';
  repeats boolean[];
  sandbox bigint := (select p.id from providers p where p.name = 'sandbox');
  pass record;
begin
  perform 1 from accounts a where a.id = any (p_account) order by a.id for no key update;

  outcomes := array_fill(null::text, array[orders_in]);
  order_ids := array_fill(null::bigint, array[orders_in]);

  -- Each turn is a statement of its own, with a snapshot taken after the locks and with the rows of
  -- the turn before. It accepts, account by account, what fits up to the first order that does not
  -- fit (or that repeats a request id of this batch), refuses what exceeds the rest by itself, and
  -- leaves the others to the next turn. Nearly every batch needs one turn.
  loop
    if has_requests then
      select array_agg(r.place > 1 order by r.n)
        into repeats
        from (select i.n,
                     case when i.request is not null and outcomes[i.n] is null
                          then row_number() over (partition by i.account, i.request,
                                                    outcomes[i.n] is null order by i.n) end
                       as place
                from unnest(p_account, p_request) with ordinality as i (account, request, n)) r;
    end if;

    -- Written without a join between its parts: the planner cannot know how many rows they have.
    with looked as (
      select i.*, o.id as known_id, a.balance_floor,
             case when a.kind::text = 'test' then sandbox else s.provider_id end as provider_id,
             case when a.kind::text = 'test' then null else s.provider_service end
               as provider_service,
             coalesce(p.balance_after, 0) as balance, coalesce(p.seq, 0) as seq,
             coalesce(repeats[i.n], false) as is_repeat,
             case
               when k.id is null and i.key is not null then 'key'
               when c.status <> 'active' then 'inactive'
               when o.request_hash = i.hash then 'replayed'
               when o.id is not null then 'conflict'
               -- Decided in the next turn, when it is known what became of the first.
               when coalesce(repeats[i.n], false) then null
               when s.id is null or c.price_version <> i.price_version then 'stale'
             end as verdict
        from unnest(p_account, p_key, p_key_version, p_service, p_service_version, p_price_version,
                    p_quantity, p_runs, p_interval, p_rate, p_charge, p_cost, p_link,
                    p_fields, p_request, p_hash, p_parent, p_run, p_task, p_source, p_held)
             with ordinality
             as i (account, key, key_version, service, service_version, price_version,
                   quantity, runs, interval_minutes, rate, charge, cost, link, fields, request,
                   hash, parent, run, task, source, held, n)
        left join accounts a on a.id = i.account
        left join customers c on c.account_id = i.account
        left join api_keys k on k.id = i.key and k.account_id = i.account
                            and k.version = i.key_version and k.revoked_at is null
                            and (k.expires_at is null or k.expires_at > moment)
        left join services s on s.id = i.service and s.version = i.service_version
        left join orders o on o.account_id = i.account and o.request_id = i.request
        left join lateral (
          select p.balance_after, p.seq
            from postings p
           where p.account_id = i.account
           order by p.seq desc
           limit 1) p on true
       where outcomes[i.n] is null
    ),
    summed as (
      select l.*, l.balance - l.balance_floor as available,
             sum(l.charge) over in_order as total,
             count(*) filter (where l.charge > 0) over in_order as place
        from looked l
      window in_order as (partition by l.account, l.verdict is null order by l.n
                          rows unbounded preceding)
    ),
    stopped as (
      select s.*,
             min(s.n) filter (where s.is_repeat or s.total > s.available)
               over (partition by s.account, s.verdict is null) as stop_n
        from summed s
    ),
    decided as materialized (
      select s.*,
             case when s.verdict is null and (s.stop_n is null or s.n < s.stop_n)
                  then nextval('order_ids') end as id,
             s.available - coalesce(max(s.total) filter (where s.n < s.stop_n)
               over (partition by s.account, s.verdict is null), 0) as rest
        from stopped s
    ),
    new_orders as (
      insert into orders (account_id, id, service_id, provider_id, key_id, quantity, remains, runs,
                          interval_minutes, rate, charge, cost, link, fields, provider_service,
                          request_id, request_hash, parent_id, run, source, held, created_at,
                          updated_at)
      select account, id, service, provider_id, key, quantity, quantity, runs,
             interval_minutes, rate, charge, cost, link, fields, provider_service, request, hash,
             parent, run, coalesce(source, 'api'), held, moment, moment
        from decided
       where id is not null
    ),
    new_postings as (
      insert into postings (account_id, seq, order_id, kind, counter, direction, amount,
                            balance_after, balance_floor, idempotency_key, created_at)
      select account, seq + place, id, 'charge', 'revenue', -1, charge,
             balance - total, balance_floor, 'order:' || id || ':charge', moment
        from decided
       where id is not null and charge > 0
    ),
    new_tasks as (
      insert into tasks (account_id, order_id, provider_id, kind, due_at)
      select account, id, provider_id, coalesce(task, 'send')::task_kind, moment
        from decided
       where id is not null and held is null
    )
    select array_agg(d.n order by d.n) as n,
           array_agg(case
             when d.id is not null then 'accepted'
             when d.verdict is not null then d.verdict
             when not d.is_repeat and d.charge > d.rest then 'insufficient'
           end order by d.n) as outcome,
           array_agg(coalesce(d.id, d.known_id) order by d.n) as id
      into pass
      from decided d;

    if cardinality(pass.n) = orders_in then
      outcomes := pass.outcome;
      order_ids := pass.id;
    else
      for i in 1 .. cardinality(pass.n) loop
        outcomes[pass.n[i]] := pass.outcome[i];
        order_ids[pass.n[i]] := pass.id[i];
      end loop;
    end if;
    exit when array_position(outcomes, null) is null;
  end loop;

  insert into order_batches (id, outcomes, order_ids, created_at)
  values (p_batch, outcomes, order_ids, moment);
end $$;

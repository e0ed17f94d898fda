-- Placing orders: one call decides and writes a batch of new orders.
-- Locks: none for the migration; the function locks the accounts of its batch, in the order of
-- their ids, until the batch commits.

-- The arrays are parallel, with one element per order of the batch in order of arrival. Each order
-- gets one outcome: accepted or replayed (with the order's id), conflict (another request with the
-- same request id), insufficient, key (dead or changed), inactive (customer), or stale (priced from
-- an old price list: the caller prices it again and calls again). An order without a key is made by
-- the panel itself. Arrays of values that nearly all orders share may be empty: parent and run,
-- task (`send` or `run`), source, and why the order is held (it then has no task). The outcomes are
-- stored in the same transaction under the batch's id. Call this only on connections whose planner
-- looks rows up by key (`openHotPool`).
create function place_orders_v1(
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
  -- Read only once; the defaults of the columns would read it for each row.
  moment timestamptz := panel_now();
  has_requests boolean := array_remove(p_request, null) <> '{}';
  sandbox bigint := (select p.id from providers p where p.name = 'sandbox');
  -- Per order: who carries it out.
  provider_ids bigint[];
  provider_services text[];
  -- Per order: the index of the first order of the batch with the same account, or request id.
  account_firsts integer[];
  request_firsts integer[];
  -- At the index of an account's first order: what the account has, its last posting and its floor,
  -- after the orders decided so far.
  rests numeric[];
  lasts bigint[];
  floors numeric[];
  -- At the index of a request id's first order: the index of the order placed under that id.
  placed integer[];
  -- Per accepted order: its posting, and the balance after it.
  seqs bigint[];
  balances numeric[];
  first integer;
  earlier integer;
begin
  perform 1 from accounts a where a.id = any (p_account) order by a.id for no key update;

  -- A separate statement, so that its snapshot is taken after the locks.
  select array_agg(case
                     when k.id is null and i.key is not null then 'key'
                     when c.status is distinct from 'active' then 'inactive'
                     when o.request_hash = p_hash[i.n] then 'replayed'
                     when o.id is not null then 'conflict'
                     when s.id is null or c.price_version <> i.price_version then 'stale'
                   end order by i.n),
         array_agg(o.id order by i.n),
         array_agg(array_position(p_account, i.account) order by i.n),
         array_agg(case when a.kind = 'test' then sandbox else s.provider_id end order by i.n),
         array_agg(case when a.kind = 'test' then null else s.provider_service end order by i.n),
         array_agg(coalesce(p.balance_after, 0) order by i.n),
         array_agg(coalesce(p.seq, 0) order by i.n),
         array_agg(a.balance_floor order by i.n)
    into outcomes, order_ids, account_firsts, provider_ids, provider_services, rests, lasts, floors
    from unnest(p_account, p_key, p_key_version, p_service, p_service_version, p_price_version)
         with ordinality
         as i (account, key, key_version, service, service_version, price_version, n)
    left join accounts a on a.id = i.account
    left join customers c on c.account_id = i.account
    left join api_keys k on k.id = i.key and k.account_id = i.account
                        and k.version = i.key_version and k.revoked_at is null
                        and (k.expires_at is null or k.expires_at > moment)
    left join services s on s.id = i.service and s.version = i.service_version
    left join orders o on o.account_id = i.account and o.request_id = p_request[i.n]
    left join lateral (
      select p.balance_after, p.seq
        from postings p
       where p.account_id = i.account and i.n = array_position(p_account, i.account)
       order by p.seq desc
       limit 1) p on true;

  if has_requests then
    select array_agg(r.first order by r.n), array_fill(null::integer, array[orders_in])
      into request_firsts, placed
      from (select i.n, case when i.request is not null
                             then min(i.n) over (partition by i.account, i.request) end as first
              from unnest(p_account, p_request) with ordinality as i (account, request, n)) r;
  end if;

  for n in 1 .. orders_in loop
    -- If this batch already placed the order, it is replayed even if the price is stale.
    if has_requests and (outcomes[n] is null or outcomes[n] = 'stale') then
      earlier := placed[request_firsts[n]];
      if earlier is not null then
        outcomes[n] := case when p_hash[n] = p_hash[earlier] then 'replayed' else 'conflict' end;
        order_ids[n] := order_ids[earlier];
      end if;
    end if;
    continue when outcomes[n] is not null;

    first := account_firsts[n];
    if rests[first] - p_charge[n] < floors[first] then
      outcomes[n] := 'insufficient';
      continue;
    end if;
    outcomes[n] := 'accepted';
    order_ids[n] := nextval('order_ids');
    rests[first] := rests[first] - p_charge[n];
    if p_charge[n] > 0 then
      lasts[first] := lasts[first] + 1;
      seqs[n] := lasts[first];
      balances[n] := rests[first];
    end if;
    if has_requests and p_request[n] is not null then
      placed[request_firsts[n]] := n;
    end if;
  end loop;

  insert into orders (account_id, id, service_id, provider_id, key_id, quantity, remains, runs,
                      interval_minutes, rate, charge, cost, link, fields, provider_service,
                      request_id, request_hash, parent_id, run, source, held, created_at, updated_at)
  select p_account[n], order_ids[n], p_service[n], provider_ids[n], p_key[n], p_quantity[n],
         p_quantity[n], p_runs[n], p_interval[n], p_rate[n], p_charge[n], p_cost[n], p_link[n],
         p_fields[n], provider_services[n], p_request[n], p_hash[n], p_parent[n], p_run[n],
         coalesce(p_source[n], 'api'), p_held[n], moment, moment
    from generate_series(1, orders_in) as n
   where outcomes[n] = 'accepted';

  insert into postings (account_id, seq, order_id, kind, counter, direction, amount, balance_after,
                        balance_floor, idempotency_key, created_at)
  select p_account[n], seqs[n], order_ids[n], 'charge', 'revenue', -1, p_charge[n], balances[n],
         floors[n], 'order:' || order_ids[n] || ':charge', moment
    from generate_series(1, orders_in) as n
   where seqs[n] is not null;

  insert into tasks (account_id, order_id, provider_id, kind, due_at)
  select p_account[n], order_ids[n], provider_ids[n], coalesce(p_task[n], 'send')::task_kind, moment
    from generate_series(1, orders_in) as n
   where outcomes[n] = 'accepted' and p_held[n] is null;

  insert into order_batches (id, outcomes, order_ids, created_at)
  values (p_batch, outcomes, order_ids, moment);
end $$;

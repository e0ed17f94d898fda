-- Events: what customers learn through the cursor (`changes`) and webhooks, numbered without gaps
-- for each account.
-- Locks: new tables; refills, cancels and services for a moment (they get triggers).

create table event_streams (
  account_id     bigint primary key,
  epoch          uuid not null default gen_random_uuid(),
  base_seq       bigint not null default 0 check (base_seq >= 0),
  followed_until timestamptz not null
);
comment on table event_streams is
  'The accounts whose events are recorded, because somebody asks for them or has them sent.';
comment on column event_streams.epoch is
  'Part of every cursor: a cursor from before a pause in the recording, or from before a restore, '
  'is not accepted.';
comment on column event_streams.base_seq is
  'All events up to this number were deleted, or were never recorded.';

create table events (
  account_id bigint not null,
  seq        bigint not null check (seq > 0),
  kind       text not null check (kind in
    ('order.updated', 'refill.updated', 'cancel.updated', 'subscription.updated', 'balance.low',
     'product_order.updated', 'product_claim.updated',
     'service.price_changed', 'service.enabled', 'service.disabled')),
  order_id   bigint,
  data       jsonb not null,
  created_at timestamptz not null default panel_now(),
  primary key (account_id, seq)
);
create index events_created on events using brin (created_at);
comment on table events is
  'What a customer is told. Numbered under the account''s lock, like postings: events become '
  'visible in the order of their numbers, so that a reader who continues from a number never '
  'misses one.';
comment on column events.kind is
  'An event about a service''s price is stored here if the price is the customer''s own; see '
  '`catalog_events`.';
comment on column events.data is 'Amounts are decimals, and statuses are the database''s words.';

create table catalog_events (
  seq         bigint primary key check (seq > 0),
  kind        text not null check (kind in
    ('service.price_changed', 'service.enabled', 'service.disabled', 'product.stock_changed')),
  service_id  bigint,
  rate        numeric(28,8),
  rate_before numeric(28,8),
  product_id  bigint,
  inventory   integer,
  created_at  timestamptz not null default panel_now(),
  constraint catalog_events_subject check
    (case when kind = 'product.stock_changed' then product_id is not null and service_id is null
          else service_id is not null and product_id is null and rate is not null
               and rate_before is not null end)
);
comment on table catalog_events is
  'Events that concern everybody, stored once. What a customer is told is derived from the '
  'customer''s own prices. Numbered under the lock of `catalog_state`.';
comment on column catalog_events.rate is 'The list price after the change.';
comment on column catalog_events.rate_before is 'The list price before the change.';
comment on column catalog_events.inventory is 'How many items there are; null if unknown.';

-- Locks accounts so that their events can be numbered, and returns those that are followed. The
-- others are locked only enough to stop anybody from beginning to follow them meanwhile: such a
-- request waits, and then sees what was changed here. Accounts in `p_refunded` get postings later
-- in the transaction; they are locked now, so that all locks are taken in one order.
create function lock_event_accounts(p_account bigint[], p_refunded bigint[] default '{}')
returns bigint[] language plpgsql as $$
declare
  followed bigint[];
begin
  perform 1 from accounts a where a.id = any (p_account) order by a.id for key share;
  -- A separate statement, so that its snapshot is taken after the lock.
  select coalesce(array_agg(s.account_id), '{}')
    into followed
    from event_streams s
   where s.account_id = any (p_account) and s.followed_until > panel_now();
  if followed <> '{}' or p_refunded <> '{}' then
    perform 1
       from accounts a
      where a.id = any (followed || p_refunded)
      order by a.id
        for no key update;
  end if;
  return followed;
end $$;

-- Records the events of those accounts that are followed, in the given order, and returns how many
-- it recorded. The arrays are parallel. Locks the accounts; all orders must be locked before.
create function record_events(
  p_account bigint[],
  p_kind    text[],
  p_order   bigint[],
  p_data    jsonb[]
) returns bigint language plpgsql as $$
declare
  followed bigint[] := lock_event_accounts(p_account);
  recorded bigint;
begin
  if followed = '{}' then return 0; end if;
  insert into events (account_id, seq, kind, order_id, data, created_at)
  select i.account,
         l.seq + row_number() over (partition by i.account order by i.n),
         i.kind, i.order_id, i.data, panel_now()
    from unnest(p_account, p_kind, p_order, p_data) with ordinality
           as i (account, kind, order_id, data, n)
    join (select s.account_id,
                 greatest(s.base_seq, coalesce((select e.seq
                                                  from events e
                                                 where e.account_id = s.account_id
                                                 order by e.seq desc
                                                 limit 1), 0)) as seq
            from event_streams s
           where s.account_id = any (followed)) l on l.account_id = i.account;
  get diagnostics recorded = row_count;
  return recorded;
end $$;

-- Records the present state of orders, as this transaction has left it. Leaves out orders that the
-- panel made to deliver a refill, because no customer ordered them.
create function record_order_events(p_account bigint[], p_order bigint[])
returns bigint language plpgsql as $$
declare
  followed bigint[] := lock_event_accounts(p_account);
  accounts bigint[];
  order_ids bigint[];
  data jsonb[];
begin
  if followed = '{}' then return 0; end if;
  select array_agg(o.account_id order by i.n), array_agg(o.id order by i.n),
         array_agg(jsonb_build_object(
           'status', o.status,
           'charge', (o.charge - o.refunded)::text,
           'start_count', o.start_count,
           'remains', o.remains) order by i.n)
    into accounts, order_ids, data
    from unnest(p_account, p_order) with ordinality as i (account_id, id, n)
    join orders o on o.account_id = i.account_id and o.id = i.id
   where i.account_id = any (followed) and o.source <> 'refill';
  if accounts is null then return 0; end if;
  return record_events(accounts, array_fill('order.updated'::text, array[cardinality(accounts)]),
                       order_ids, data);
end $$;

-- Refills and cancels change state in single statements in several places, each under a lease;
-- these triggers record an event wherever that happens.
create function record_refill_event() returns trigger language plpgsql as $$
begin
  perform record_events(array[new.account_id], array['refill.updated'], array[new.order_id],
    array[jsonb_build_object('refill', new.id, 'status', new.status, 'reason', new.reason)]);
  return null;
end $$;
create trigger refills_tell after update of status on refills
  for each row when (old.status is distinct from new.status) execute function record_refill_event();

create function record_cancel_event() returns trigger language plpgsql as $$
begin
  perform record_events(array[new.account_id], array['cancel.updated'], array[new.order_id],
    array[jsonb_build_object('cancel', new.id, 'status', new.status, 'reason', new.reason)]);
  return null;
end $$;
create trigger cancels_tell after update of status on cancels
  for each row when (old.status is distinct from new.status) execute function record_cancel_event();

-- Every change of a service is made under the lock of `catalog_state`; so these events are numbered
-- in order.
create function record_catalog_event() returns trigger language plpgsql as $$
begin
  perform 1 from catalog_state for update;
  if old.rate <> new.rate and new.status = 'enabled' then
    insert into catalog_events (seq, kind, service_id, rate, rate_before)
    select coalesce(max(seq), 0) + 1, 'service.price_changed', new.id, new.rate, old.rate
      from catalog_events;
  end if;
  if old.status <> new.status then
    insert into catalog_events (seq, kind, service_id, rate, rate_before)
    select coalesce(max(seq), 0) + 1, 'service.' || new.status, new.id, new.rate, old.rate
      from catalog_events;
  end if;
  return null;
end $$;
create trigger services_tell after update on services
  for each row when (old.rate <> new.rate or old.status <> new.status)
  execute function record_catalog_event();

-- Buying from providers: how they are reached, what was tried with them and what was said, and
-- what waits for a decision of staff.
-- Locks: providers, services, orders and tasks for a moment (columns with constant defaults are not
-- written into the rows); postings for the check of their new shape, which reads them once.

alter table providers
  add column base_url text,
  -- Sealed with the panel's encryption key for the purpose `provider:<id>:key`.
  add column sealed_key text,
  -- Null: the panel's own currency.
  add column currency text check (currency ~ '^[A-Z]{3}$'),
  -- What one unit of the provider's currency costs in the panel's.
  add column exchange_rate numeric(28,8) not null default 1 check (exchange_rate > 0),
  add column timeout_ms integer not null default 30000 check (timeout_ms between 100 and 300000),
  add column requests_per_second double precision not null default 20
    check (requests_per_second > 0 and requests_per_second <= 100000),
  add column parallel_calls integer not null default 8 check (parallel_calls between 1 and 200),
  -- In the provider's currency.
  add column low_balance numeric(28,8) check (low_balance >= 0),
  -- True: it may stand in a private network, such as on this machine.
  add column is_private boolean not null default false,
  -- The ledger's account of what was bought there; made with the first cost.
  add column account_id bigint unique;

-- What changes while we deal with a provider, apart from how it was set up.
create table provider_states (
  provider_id bigint primary key references providers (id) on delete cascade,
  -- Why nothing new is sent to it: its answer concerned our account there, not an order.
  hold_kind   text check (hold_kind in ('key', 'funds', 'limit', 'silent', 'operator')),
  hold_reason text,
  held_at     timestamptz,
  -- When it is asked again whether the hold can end; null: only an operator ends it.
  probe_at    timestamptz,
  -- Calls in a row that brought no readable answer.
  failures    integer not null default 0,
  balance     numeric(28,8),
  balance_currency text,
  balance_at  timestamptz,
  check ((hold_kind is null) = (held_at is null))
);
insert into provider_states (provider_id) select id from providers;

-- Further providers of a service, tried where the one before refused. The service's own provider
-- (services.provider_id) is always the first.
create table service_sources (
  service_id       bigint not null references services (id) on delete cascade,
  provider_id      bigint not null references providers (id),
  provider_service text not null check (length(provider_service) between 1 and 100),
  position         integer not null default 0,
  -- Of 1000 (of one order for the Package types), in the provider's currency.
  provider_rate    numeric(28,8) check (provider_rate >= 0),
  status           text not null default 'enabled' check (status in ('enabled', 'disabled')),
  created_at       timestamptz not null default panel_now(),
  primary key (service_id, provider_id, provider_service)
);

alter table services
  -- Which source is asked first: the first in position, or the cheapest.
  add column routing text not null default 'preference' check (routing in ('preference', 'price'));

alter table orders
  -- What the provider is expected to charge, in the panel's currency; null where nobody knows.
  add column cost numeric(28,8) check (cost >= 0),
  -- What it does charge, as far as it said; moves only together with a posting.
  add column booked_cost numeric(28,8) not null default 0 check (booked_cost >= 0),
  add column cost_bookings integer not null default 0;

-- How often in a row the provider said that it does not know the order.
alter table tasks add column misses integer not null default 0;
alter type task_kind add value 'reconcile';

-- One try to place an order at a provider. The row is committed before the call: an attempt without
-- an end whose worker is gone is one of unknown outcome.
create table attempts (
  account_id       bigint not null,
  order_id         bigint not null,
  number           integer not null check (number > 0),
  provider_id      bigint not null,
  provider_service text,
  -- What we call the try; a provider that knows request ids places it once under it.
  request_id       text not null,
  -- In the provider's currency, as far as known.
  expected_charge  numeric(28,8),
  started_at       timestamptz not null default panel_now(),
  ended_at         timestamptz,
  outcome          text check (outcome in ('accepted', 'refused', 'not_sent', 'unknown', 'by_hand')),
  -- Whom a refusal concerns.
  concern          text check (concern in ('provider', 'funds', 'limit', 'service', 'link', 'order')),
  reason           text,
  provider_order   text,
  -- How an unknown outcome was settled, and by whom: `accepted` or `refused`.
  settled_as       text check (settled_as in ('accepted', 'refused')),
  settled_by       text,
  settled_at       timestamptz,
  primary key (order_id, number, account_id),
  check ((outcome is null) = (ended_at is null)),
  check ((settled_as is null) = (settled_at is null))
);
create index attempts_open on attempts (provider_id, started_at)
  where outcome is null or (outcome = 'unknown' and settled_as is null);
create index attempts_provider on attempts (provider_id, started_at);

-- What waits for a decision of staff, and what became of it.
create table desk_entries (
  account_id bigint not null,
  id         bigint generated by default as identity,
  order_id   bigint not null,
  reason     text not null check (reason in
    ('unknown', 'failed', 'completed_short', 'went_back', 'forgotten', 'partial_unclear',
     'status_unknown', 'link_waits')),
  -- The facts as they were when it came here.
  note       text,
  opened_at  timestamptz not null default panel_now(),
  closed_at  timestamptz,
  closed_by  text,
  decision   text,
  primary key (account_id, id),
  check ((closed_at is null) = (closed_by is null))
);
create unique index desk_entries_open on desk_entries (account_id, order_id, reason)
  where closed_at is null;
create index desk_entries_order on desk_entries (order_id);
create index desk_entries_waiting on desk_entries (opened_at) where closed_at is null;

-- Every call to a provider, with its answer; keys are masked before they come here.
create table provider_calls (
  id          bigint generated by default as identity primary key,
  provider_id bigint not null,
  order_id    bigint,
  action      text not null,
  started_at  timestamptz not null,
  duration_ms integer not null,
  -- Null where no answer came.
  http_status integer,
  request     text not null,
  answer      text,
  outcome     text not null
);
create index provider_calls_provider on provider_calls (provider_id, id);
create index provider_calls_order on provider_calls (order_id, id) where order_id is not null;
create index provider_calls_started on provider_calls (started_at);

-- Cost: what we buy is a movement like any other. A provider's account holds, below zero, what was
-- spent there.
alter type account_kind add value 'provider';
alter type movement_kind add value 'cost';
alter type movement_kind add value 'cost_refund';
alter type counter_account add value 'purchases';

-- As text: values that are new to a type cannot be used in the transaction that adds them.
alter table postings drop constraint postings_shape;
alter table postings add constraint postings_shape check (
  case kind::text
    when 'deposit'     then direction = 1  and counter::text = 'cash'
    when 'bonus'       then direction = 1  and counter::text = 'bonuses'
    when 'charge'      then direction = -1 and counter::text = 'revenue' and order_id is not null
    when 'refund'      then direction = 1  and counter::text = 'revenue' and order_id is not null
    when 'cost'        then direction = -1 and counter::text = 'purchases' and order_id is not null
    when 'cost_refund' then direction = 1  and counter::text = 'purchases' and order_id is not null
    when 'adjustment'  then direction in (-1, 1) and counter::text = 'adjustments'
    else false
  end);

create or replace view ledger_entries as
  select p.account_id, p.seq, p.created_at, p.kind, p.order_id, a.currency,
         a.kind::text || ':' || p.account_id as account, p.direction * p.amount as amount
    from postings p join accounts a on a.id = p.account_id
  union all
  select p.account_id, p.seq, p.created_at, p.kind, p.order_id, a.currency,
         p.counter::text as account, -p.direction * p.amount as amount
    from postings p join accounts a on a.id = p.account_id;


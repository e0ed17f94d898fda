-- Orders, their due tasks, and requests to refill or cancel them.
-- Every hot table leads with the account, so that it can be sharded by it; foreign keys between
-- accounts do not exist, and none stands on the hot path (`ledger verify` finds orphans).
-- Locks: new tables only.

create type order_status as enum
  ('pending', 'processing', 'in_progress', 'completed', 'partial', 'canceled');
create type task_kind as enum ('send', 'poll');

create sequence order_ids as bigint maxvalue 9007199254740991;
create sequence refill_ids as bigint maxvalue 9007199254740991;
create sequence cancel_ids as bigint maxvalue 9007199254740991;

create table orders (
  account_id       bigint not null,
  id               bigint not null,
  service_id       bigint not null,
  provider_id      bigint not null,
  key_id           bigint,
  quantity         bigint not null check (quantity >= 0),
  start_count      bigint,
  remains          bigint not null,
  created_at       timestamptz not null default panel_now(),
  updated_at       timestamptz not null default panel_now(),
  status           order_status not null default 'pending',
  runs             integer check (runs > 0),
  interval_minutes integer check (interval_minutes >= 0),
  rate             numeric(28,8) not null,
  charge           numeric(28,8) not null check (charge >= 0),
  refunded         numeric(28,8) not null default 0,
  link             text not null,
  -- What the service's type asks for beyond link and quantity; null where it asks nothing.
  fields           jsonb,
  provider_service text,
  provider_order   text,
  note             text,
  request_id       text,
  request_hash     uuid,
  primary key (account_id, id),
  constraint orders_refund_within_charge check (refunded between 0 and charge),
  constraint orders_request_whole check ((request_id is null) = (request_hash is null))
) with (fillfactor = 85);
create index orders_id on orders (id);
create unique index orders_request on orders (account_id, request_id) where request_id is not null;

-- One row per order that something is still to be done for. Claiming pushes due_at forward: that
-- is the lease; finishing names the lease's token.
create table tasks (
  account_id  bigint not null,
  order_id    bigint not null,
  provider_id bigint not null,
  due_at      timestamptz not null,
  attempts    integer not null default 0,
  kind        task_kind not null,
  lease       uuid,
  -- The order first: a batch of new tasks lands on one page.
  primary key (order_id, account_id)
) with (fillfactor = 85);
create index tasks_due on tasks (provider_id, kind, due_at) with (deduplicate_items = off);

-- What a batch of orders was answered, kept for a while: a process that lost the answer of its
-- COMMIT looks here before it does anything else.
create table order_batches (
  id         uuid primary key,
  outcomes   text[] not null,
  order_ids  bigint[] not null,
  created_at timestamptz not null default panel_now()
);
create index order_batches_created on order_batches (created_at);

create table refills (
  account_id bigint not null,
  id         bigint not null default nextval('refill_ids'),
  order_id   bigint not null,
  status     text not null default 'pending'
             check (status in ('pending', 'in_progress', 'completed', 'rejected', 'error')),
  note       text,
  created_at timestamptz not null default panel_now(),
  updated_at timestamptz not null default panel_now(),
  primary key (account_id, id)
);
create index refills_id on refills (id);
create unique index refills_one_open on refills (account_id, order_id)
  where status in ('pending', 'in_progress');

create table cancels (
  account_id bigint not null,
  id         bigint not null default nextval('cancel_ids'),
  order_id   bigint not null,
  status     text not null default 'pending' check (status in ('pending', 'completed', 'rejected')),
  note       text,
  created_at timestamptz not null default panel_now(),
  updated_at timestamptz not null default panel_now(),
  primary key (account_id, id)
);
create index cancels_id on cancels (id);
create unique index cancels_one_open on cancels (account_id, order_id) where status = 'pending';

-- Who is at work on this panel; a worker that no longer writes here is dead.
create table processes (
  id         uuid primary key,
  roles      text[] not null,
  host       text not null,
  pid        integer not null,
  started_at timestamptz not null default panel_now(),
  seen_at    timestamptz not null default panel_now()
);

-- Orders, their tasks, their attempts at providers, their changes, and requests to refill or cancel
-- them.
-- Every hot table starts with the account, so that it can be sharded by account. No foreign key
-- crosses accounts, and none is on the hot path (`ledger verify` finds orphans).
-- Locks: new tables only.

create type order_status as enum
  ('pending', 'processing', 'in_progress', 'completed', 'partial', 'canceled');
create type task_kind as enum ('send', 'poll', 'reconcile', 'run');

create sequence order_ids as bigint maxvalue 9007199254740991;
create sequence refill_ids as bigint maxvalue 9007199254740991;
create sequence cancel_ids as bigint maxvalue 9007199254740991;

create table orders (
  account_id       bigint not null,
  id               bigint not null,
  service_id       bigint not null,
  provider_id      bigint not null,
  key_id           bigint,
  quantity         bigint not null,
  start_count      bigint,
  remains          bigint not null,
  created_at       timestamptz not null default panel_now(),
  updated_at       timestamptz not null default panel_now(),
  status           order_status not null default 'pending',
  runs             integer,
  interval_minutes integer,
  rate             numeric(28,8) not null,
  charge           numeric(28,8) not null,
  refunded         numeric(28,8) not null default 0,
  link             text not null,
  fields           jsonb,
  provider_service text,
  provider_order   text,
  note             text,
  request_id       text,
  request_hash     uuid,
  cost             numeric(28,8),
  booked_cost      numeric(28,8) not null default 0,
  cost_bookings    integer not null default 0,
  started_at       timestamptz,
  finished_at      timestamptz,
  parent_id        bigint,
  run              integer,
  source           text not null default 'api',
  held             text,
  primary key (account_id, id),
  constraint orders_refund_within_charge check (refunded between 0 and charge),
  -- Two checks for all of these rules, because every write of a row reads the text of each check.
  constraint orders_numbers check (
    quantity >= 0 and charge >= 0
    and coalesce(runs > 0 and interval_minutes >= 0, true)
    and coalesce(cost >= 0, true) and coalesce(booked_cost >= 0, true) and coalesce(run > 0, true)),
  constraint orders_whole check (
    (request_id is null) = (request_hash is null) and (parent_id is null) = (run is null)
    and source in ('api', 'web', 'mass', 'drip_feed', 'subscription', 'refill'))
) with (fillfactor = 85);
create index orders_id on orders (id);
create unique index orders_request on orders (account_id, request_id) where request_id is not null;
create unique index orders_runs on orders (account_id, parent_id, run) where parent_id is not null;
-- Orders that wait for a review. New orders pay nothing: the column is null in nearly all of them.
create index orders_held on orders (id) where held is not null;
comment on table orders is 'One purchase of a service per row.';
comment on column orders.provider_id is 'The provider that carries it out.';
comment on column orders.key_id is 'The API key that ordered it; null: the panel itself.';
comment on column orders.runs is
  'For a drip-feed: the number of runs; `interval_minutes` is the time between them.';
comment on column orders.rate is 'The price per 1000 (per order for the Package types), frozen.';
comment on column orders.refunded is 'The sum of all refunds so far.';
comment on column orders.fields is
  'The values that the service''s type needs besides link and quantity; null if it needs none.';
comment on column orders.provider_service is 'What the service is called at the provider.';
comment on column orders.provider_order is 'The number of the order at the provider.';
comment on column orders.note is 'A note for the customer.';
comment on column orders.request_id is 'The customer''s own request id for the `add`.';
comment on column orders.request_hash is 'The hash of the whole request.';
comment on column orders.cost is
  'What the provider is expected to charge, in the panel''s currency; null if unknown.';
comment on column orders.booked_cost is
  'What the provider has charged, as far as it has said; changes only together with a posting.';
comment on column orders.cost_bookings is 'The number of those postings.';
comment on column orders.started_at is 'When delivery was first seen to have begun.';
comment on column orders.parent_id is 'The drip-feed or subscription that made this order.';
comment on column orders.run is
  'The number of this run in its parent, from 1; each run is made only once.';
comment on column orders.source is 'The origin of the order.';
comment on column orders.held is 'Why the order waits for a review; customers see Pending.';

-- Keeps orders of test accounts in the sandbox, no matter what routes them. Fires only when an
-- order changes its provider.
create function keep_test_orders() returns trigger language plpgsql as $$
begin
  if exists (select from accounts a where a.id = new.account_id and a.kind = 'test') then
    raise exception 'order % is a test order: it stays in the sandbox', new.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger orders_of_tests_stay before update of provider_id on orders
  for each row when (old.provider_id <> new.provider_id) execute function keep_test_orders();

create table tasks (
  account_id  bigint not null,
  order_id    bigint not null,
  provider_id bigint not null,
  due_at      timestamptz not null,
  attempts    integer not null default 0,
  kind        task_kind not null,
  lease       uuid,
  misses      integer not null default 0,
  -- The order comes first so that a batch of new tasks lands on one page.
  primary key (order_id, account_id)
) with (fillfactor = 85);
create index tasks_due on tasks (provider_id, kind, due_at) with (deduplicate_items = off);
comment on table tasks is
  'One row per order that still needs something done. Claiming a task moves `due_at` forward, '
  'which is the lease; finishing it requires the lease''s token.';
comment on column tasks.misses is
  'How many times in a row the provider said that it does not know the order.';

create table order_batches (
  id         uuid primary key,
  outcomes   text[] not null,
  order_ids  bigint[] not null,
  created_at timestamptz not null default panel_now()
);
create index order_batches_created on order_batches (created_at);
comment on table order_batches is
  'The answer to a batch of orders, kept for a while. A process that lost the answer to its '
  'COMMIT looks here before it does anything else.';

create table attempts (
  account_id        bigint not null,
  order_id          bigint not null,
  number            integer not null check (number > 0),
  provider_id       bigint not null,
  provider_service  text,
  request_id        text not null,
  expected_charge   numeric(28,8),
  started_at        timestamptz not null default panel_now(),
  ended_at          timestamptz,
  outcome           text
                    check (outcome in ('accepted', 'refused', 'not_sent', 'unknown', 'by_hand')),
  concern           text
                    check (concern in ('provider', 'funds', 'limit', 'service', 'link', 'order')),
  reason            text,
  provider_order    text,
  settled_as        text check (settled_as in ('accepted', 'refused')),
  settled_by        text,
  settled_at        timestamptz,
  balance_before    numeric(28,8),
  balance_before_at timestamptz,
  number_reuse      integer,
  primary key (order_id, number, account_id),
  check ((outcome is null) = (ended_at is null)),
  check ((settled_as is null) = (settled_at is null)),
  constraint attempts_number_counted check (provider_order is null or number_reuse is not null)
);
create index attempts_open on attempts (provider_id, started_at)
  where outcome is null or (outcome = 'unknown' and settled_as is null);
create index attempts_provider on attempts (provider_id, started_at);
-- A provider's order number belongs to only one of our orders.
create unique index attempts_number_once on attempts (provider_id, provider_order, number_reuse)
  where provider_order is not null;
-- Finds orders that people carry out, because these have no task.
create index attempts_by_hand on attempts (account_id, order_id) where outcome = 'by_hand';
comment on table attempts is
  'One try to place an order at a provider. The row is committed before the call, so an attempt '
  'that has no end and whose worker is gone has an unknown outcome.';
comment on column attempts.request_id is
  'Our own id for the try. A provider that supports request ids places it only once.';
comment on column attempts.expected_charge is 'In the provider''s currency; null if unknown.';
comment on column attempts.concern is 'What a refusal is about.';
comment on column attempts.provider_order is 'The number of the order at the provider.';
comment on column attempts.settled_as is
  'How an unknown outcome was settled; `settled_by` says by whom.';
comment on column attempts.balance_before is
  'Our last reported balance before the try, in the provider''s currency; set if the outcome is '
  'unknown.';
comment on column attempts.number_reuse is
  'How many tries had got the same `provider_order` before: 0, unless staff know that the '
  'provider reuses its numbers, and say so.';

create table desk_entries (
  account_id bigint not null,
  id         bigint generated by default as identity,
  order_id   bigint not null,
  reason     text not null check (reason in
    ('unknown', 'failed', 'completed_short', 'went_back', 'forgotten', 'partial_unclear',
     'status_unknown', 'link_waits', 'accepted_late', 'post_unclear', 'unreadable',
     'cost_unclear')),
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
comment on table desk_entries is 'What waits for a decision of staff, and what was decided.';
comment on column desk_entries.note is 'The facts when the entry was made.';

create table order_changes (
  account_id         bigint not null,
  order_id           bigint not null,
  id                 bigint generated always as identity,
  at                 timestamptz not null default panel_now(),
  actor              text not null,
  status_before      order_status not null,
  status             order_status not null,
  start_count_before bigint,
  start_count        bigint,
  remains_before     bigint not null,
  remains            bigint not null,
  refunded_before    numeric(28,8) not null,
  refunded           numeric(28,8) not null,
  primary key (account_id, order_id, id)
);
comment on table order_changes is
  'Every change of an order''s state, with the values before it. Never changed or removed.';
comment on column order_changes.actor is
  '`provider:3`, `customer:7 key:3`, a staff member, or `panel`.';
comment on column order_changes.refunded is 'The sum of all refunds so far.';

-- The application role may not change them anyway; this also stops a mistake by the owner role.
create function refuse_order_change_change() returns trigger language plpgsql as $$
begin
  raise exception 'changes of orders are evidence: they are never changed or removed'
    using errcode = 'restrict_violation';
end $$;
create trigger order_changes_are_append_only before update or delete on order_changes
  for each row execute function refuse_order_change_change();
create trigger order_changes_are_never_truncated before truncate on order_changes
  for each statement execute function refuse_order_change_change();

create table refills (
  account_id      bigint not null,
  id              bigint not null default nextval('refill_ids'),
  order_id        bigint not null,
  status          text not null default 'pending'
                  check (status in ('pending', 'in_progress', 'completed', 'rejected', 'error')),
  note            text,
  created_at      timestamptz not null default panel_now(),
  updated_at      timestamptz not null default panel_now(),
  provider_id     bigint,
  provider_refill text,
  due_at          timestamptz,
  lease           uuid,
  attempts        integer not null default 0,
  deadline_at     timestamptz,
  answer          text,
  reason          text check (reason in ('provider_refused', 'deadline', 'staff')),
  asked_by        text,
  current_count   bigint check (current_count >= 0),
  refill_order    bigint,
  primary key (account_id, id)
);
create index refills_id on refills (id);
create unique index refills_one_open on refills (account_id, order_id)
  where status in ('pending', 'in_progress');
create index refills_due on refills (provider_id, due_at) where due_at is not null;
create index refills_order on refills (account_id, order_id, id);
create index refills_by_order on refills (account_id, refill_order) where refill_order is not null;
-- Finds our refills that have the same number at the provider.
create index refills_provider_refill on refills (provider_id, provider_refill)
  where provider_refill is not null;
comment on table refills is 'A request to refill an order.';
comment on column refills.provider_id is 'The provider that was asked; null if staff carry it out.';
comment on column refills.provider_refill is 'The provider''s own number for the refill.';
comment on column refills.due_at is
  'When the next step for it is due; null: no further step happens by itself.';
comment on column refills.attempts is 'Consecutive tries without a result.';
comment on column refills.answer is 'The provider''s words, for staff.';
comment on column refills.reason is 'Why it was rejected, for the customer.';
comment on column refills.asked_by is 'Who asked for it: `customer:7 key:3`, or a staff member.';
comment on column refills.current_count is 'The present count, as given by whoever asked.';
comment on column refills.refill_order is 'Our own order that delivers the refill.';

create table cancels (
  account_id  bigint not null,
  id          bigint not null default nextval('cancel_ids'),
  order_id    bigint not null,
  status      text not null default 'pending'
              check (status in ('pending', 'completed', 'rejected')),
  note        text,
  created_at  timestamptz not null default panel_now(),
  updated_at  timestamptz not null default panel_now(),
  provider_id bigint,
  sent_at     timestamptz,
  due_at      timestamptz,
  lease       uuid,
  attempts    integer not null default 0,
  deadline_at timestamptz,
  answer      text,
  reason      text check (reason in ('provider_refused', 'deadline', 'order_completed', 'staff')),
  asked_by    text,
  primary key (account_id, id)
);
create index cancels_id on cancels (id);
create unique index cancels_one_open on cancels (account_id, order_id) where status = 'pending';
create index cancels_due on cancels (provider_id, due_at) where due_at is not null;
create index cancels_order on cancels (account_id, order_id, id);
comment on table cancels is 'A request to cancel an order.';
comment on column cancels.provider_id is 'The provider that was asked; null if staff carry it out.';
comment on column cancels.sent_at is
  'When the provider accepted the request. What came of it shows later in the order.';
comment on column cancels.due_at is
  'When the next step for it is due; null: no further step happens by itself.';
comment on column cancels.attempts is 'Consecutive tries without a result.';
comment on column cancels.answer is 'The provider''s words, for staff.';
comment on column cancels.reason is 'Why it was rejected, for the customer.';
comment on column cancels.asked_by is 'Who asked for it: `customer:7 key:3`, or a staff member.';

create table service_figures (
  service_id    bigint primary key references services (id) on delete cascade,
  measured_at   timestamptz not null default panel_now(),
  ended         integer not null,
  completed     integer not null,
  finish_median double precision,
  finish_95     double precision,
  start_median  double precision,
  partial_share double precision,
  refill_share  double precision
);
comment on table service_figures is
  'What was measured from a service''s own orders of the last 90 days. Seconds and shares are '
  'null if there were too few orders.';
comment on column service_figures.finish_median is
  'The median of seconds from placing to Completed.';
comment on column service_figures.finish_95 is 'The 95th percentile of the same.';
comment on column service_figures.start_median is
  'The median of seconds from placing to the first delivery seen.';

create table stuck_mutes (
  account_id bigint not null,
  order_id   bigint not null,
  reason     text not null,
  actor      text not null,
  at         timestamptz not null default panel_now(),
  primary key (account_id, order_id)
);
comment on table stuck_mutes is 'Orders that staff chose to hide from the list of stuck orders.';

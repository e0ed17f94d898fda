-- Refills and cancels by rule, the evidence of what changed in an order, what was measured of
-- services, and orders that staff do not want to see among the stuck ones.
-- Locks: services, refills, cancels and attempts for a moment (columns with constant defaults are not
-- written into the rows; checks and indexes read their table once).

alter table services
  -- How many days after its end an order may be refilled; null: without end, 0: not at all.
  add column refill_days integer check (refill_days between 0 and 3650),
  -- How long after the end of the order, and between two requests.
  add column refill_after_hours integer not null default 24
    check (refill_after_hours between 0 and 8760),
  add column refill_between_hours integer not null default 24
    check (refill_between_hours between 0 and 8760),
  -- The smallest drop that is refilled, where the drop is known; both may hold.
  add column refill_drop_min bigint check (refill_drop_min >= 1),
  add column refill_drop_percent integer check (refill_drop_percent between 1 and 100),
  add column refill_by text not null default 'provider'
    check (refill_by in ('provider', 'order', 'hand')),
  -- Whose order a refill becomes where `refill_by` is `order`.
  add column refill_service_id bigint references services (id) on delete set null,
  -- The most of what was delivered that such an order delivers again, in per cent.
  add column refill_percent integer check (refill_percent between 1 and 100),
  -- From placing to Completed, as customers are told; null where nobody knows.
  add column average_seconds integer check (average_seconds >= 0),
  -- Else there were no moment at which a refill is granted.
  add constraint services_refill_possible check
    (refill_days is null or refill_days = 0 or refill_days * 24 > refill_after_hours);

alter table refills
  -- Who asked for it: `customer:7 key:3`, or a person of staff.
  add column asked_by text,
  -- How many there are now, as whoever asked said.
  add column current_count bigint check (current_count >= 0),
  -- Our own order that delivers it.
  add column refill_order bigint;
create index refills_order on refills (account_id, order_id, id);
create index refills_by_order on refills (account_id, refill_order) where refill_order is not null;

alter table cancels
  add column asked_by text;
create index cancels_order on cancels (account_id, order_id, id);

-- Finds what people carry out: it has no task.
create index attempts_by_hand on attempts (account_id, order_id) where outcome = 'by_hand';

-- Every change of where an order stands, with what was before. `refunded` is the sum so far.
create table order_changes (
  account_id        bigint not null,
  order_id          bigint not null,
  id                bigint generated always as identity,
  at                timestamptz not null default panel_now(),
  -- `provider:3`, `customer:7 key:3`, a person of staff, or `panel`.
  actor             text not null,
  status_before     order_status not null,
  status            order_status not null,
  start_count_before bigint,
  start_count       bigint,
  remains_before    bigint not null,
  remains           bigint not null,
  refunded_before   numeric(28,8) not null,
  refunded          numeric(28,8) not null,
  primary key (account_id, order_id, id)
);

-- The application's role has no right to change them; this stops an owner's slip as well.
create function refuse_order_change_change() returns trigger language plpgsql as $$
begin
  raise exception 'changes of orders are evidence: they are never changed or removed'
    using errcode = 'restrict_violation';
end $$;
create trigger order_changes_are_append_only before update or delete on order_changes
  for each row execute function refuse_order_change_change();
create trigger order_changes_are_never_truncated before truncate on order_changes
  for each statement execute function refuse_order_change_change();

-- What was measured of a service's own orders in the last 90 days. Seconds and shares are null where
-- there were too few.
create table service_figures (
  service_id       bigint primary key references services (id) on delete cascade,
  measured_at      timestamptz not null default panel_now(),
  ended            integer not null,
  completed        integer not null,
  -- From placing to Completed: the middle, and what 95 of 100 do not exceed.
  finish_median    double precision,
  finish_95        double precision,
  -- From placing to the first delivery seen.
  start_median     double precision,
  partial_share    double precision,
  refill_share     double precision
);

create table stuck_mutes (
  account_id bigint not null,
  order_id   bigint not null,
  reason     text not null,
  actor      text not null,
  at         timestamptz not null default panel_now(),
  primary key (account_id, order_id)
);

-- Following orders at their providers: what was asked for an order there (refill, cancel) and what
-- came of it, when orders began and ended, and rests of asking a provider that does not answer.
-- Locks: orders, provider_states, refills and cancels for a moment (no row is written).

alter table orders
  -- When delivery was first seen to have begun, and when the order ended.
  add column started_at timestamptz,
  add column finished_at timestamptz;

alter table provider_states
  -- Questions for the states of orders that brought no answer, in a row.
  add column poll_failures integer not null default 0,
  add column poll_rest_until timestamptz,
  add column poll_problem text;

alter table refills
  -- Whom it was asked of; null where staff carry it out.
  add column provider_id bigint,
  -- The provider's own number of it.
  add column provider_refill text,
  -- When something is to be done for it next; null: nothing by itself.
  add column due_at timestamptz,
  add column lease uuid,
  -- Tries in a row that brought nothing.
  add column attempts integer not null default 0,
  add column deadline_at timestamptz,
  -- The provider's words, for staff.
  add column answer text,
  -- Why it was not granted, for the customer.
  add column reason text check (reason in ('provider_refused', 'deadline', 'staff'));
create index refills_due on refills (provider_id, due_at) where due_at is not null;

alter table cancels
  add column provider_id bigint,
  -- When the provider took it. The order itself says later what came of it.
  add column sent_at timestamptz,
  add column due_at timestamptz,
  add column lease uuid,
  add column attempts integer not null default 0,
  add column deadline_at timestamptz,
  add column answer text,
  add column reason text
    check (reason in ('provider_refused', 'deadline', 'order_completed', 'staff'));
create index cancels_due on cancels (provider_id, due_at) where due_at is not null;

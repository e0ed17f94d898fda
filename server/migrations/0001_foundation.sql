-- The foundation: the clock, the settings, the audit, the running processes, and the records that
-- show what became of a transaction or a request.
-- Locks: new tables only.

create function panel_now() returns timestamptz
  language sql stable parallel safe
  return now() + coalesce(nullif(current_setting('panel.clock_offset', true), ''), '0')::interval;
comment on function panel_now() is
  'The clock for leases, due times and every stored time. Tests move it with `alter database … '
  'set panel.clock_offset = ''3 hours''`.';

create table settings (
  key        text primary key,
  value      jsonb not null,
  updated_at timestamptz not null default panel_now()
);
comment on table settings is
  'The settings that operators change while the panel runs; `settings/settings.ts` describes each '
  'one.';

create table audit_entries (
  id         bigint generated always as identity primary key,
  at         timestamptz not null default panel_now(),
  actor      text not null,
  action     text not null,
  subject    text not null,
  before     jsonb,
  after      jsonb,
  actor_kind text not null,
  actor_id   bigint,
  address    text,
  request_id text,
  reason     text,
  constraint audit_entries_actor_kind check (actor_kind in
    ('staff', 'operator_key', 'customer', 'api_key', 'system', 'command_line')),
  constraint audit_entries_actor_has_number check
    ((actor_id is null) = (actor_kind in ('system', 'command_line')))
);
create index audit_entries_subject on audit_entries (subject, id);
create index audit_entries_actor on audit_entries (actor, id);
comment on table audit_entries is
  'Who changed what, with the values before and after, but without secrets. Never changed.';
comment on column audit_entries.actor is
  'The actor as text: `customer:7 key:3`, `cli:root`, or the name of a job.';
comment on column audit_entries.subject is 'What was changed: `order:7`, `setting:currency`.';
comment on column audit_entries.actor_id is
  'The id of the staff member, key or customer''s account; null for jobs and users of the '
  'machine.';
comment on column audit_entries.address is 'The client''s network address.';
comment on column audit_entries.request_id is 'The id of the request in the log.';
comment on column audit_entries.reason is 'The reason, as the actor gave it.';

create table processes (
  id         uuid primary key,
  roles      text[] not null,
  host       text not null,
  pid        integer not null,
  started_at timestamptz not null default panel_now(),
  seen_at    timestamptz not null default panel_now()
);
comment on table processes is
  'The processes that are running for this panel; one that no longer writes here is dead.';

create table transaction_marks (
  id         uuid primary key,
  is_done    boolean not null,
  created_at timestamptz not null default now()
);
create index transaction_marks_created on transaction_marks (created_at);
comment on table transaction_marks is
  'Written as the last step of a transaction, under an id that its process chose. If the answer '
  'to the COMMIT is lost, the mark shows whether the transaction was committed.';
comment on column transaction_marks.is_done is
  'False: somebody looked and found no mark, so the transaction can no longer be committed.';
comment on column transaction_marks.created_at is
  'By the real clock, because a mark is looked for within seconds.';

create table answered_requests (
  account_id   bigint not null,
  action       text not null
               check (action in ('refill', 'cancel', 'new_post', 'claim_product_order')),
  request_id   text not null check (length(request_id) between 1 and 128),
  request_hash uuid not null,
  answers      jsonb not null check (jsonb_typeof(answers) = 'object'),
  created_at   timestamptz not null default panel_now(),
  primary key (account_id, action, request_id)
);
comment on table answered_requests is
  'The answer to each request that has a request id of the customer''s own, kept forever: the '
  'same request sent again gets the same answer. Request ids of orders are stored with the '
  'orders.';
comment on column answered_requests.request_hash is 'The hash of the whole request.';
comment on column answered_requests.answers is
  'What was done, by its subject (such as the number of an order). Refusals are not stored.';

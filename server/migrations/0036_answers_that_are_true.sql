-- What a request did is known after its answer was lost: marks of transactions, answers by request id, and
-- claims that know their twins.
-- Locks: link_claims and velocity_claims for a moment (their new columns write no row).

-- Written as the last thing of a transaction, under an id that its process chose: whether the transaction
-- was committed can be looked up where the answer to its COMMIT was lost.
create table transaction_marks (
  id         uuid primary key,
  -- False: whoever looked found no mark. From then on the transaction can no longer be committed.
  is_done    boolean not null,
  -- Of the real clock: a mark is looked for within seconds.
  created_at timestamptz not null default now()
);
create index transaction_marks_created on transaction_marks (created_at);

-- What was answered to a request with an id of the customer's own, for good: the same request again is
-- answered the same. (The ids of orders stand with the orders.)
create table answered_requests (
  account_id   bigint not null,
  action       text not null check (action in ('refill', 'cancel', 'new_post', 'claim_product_order')),
  request_id   text not null check (length(request_id) between 1 and 128),
  -- Of the whole request.
  request_hash uuid not null,
  -- What was done, by what it was done for. Refusals are not remembered.
  answers      jsonb not null check (jsonb_typeof(answers) = 'object'),
  created_at   timestamptz not null default panel_now(),
  primary key (account_id, action, request_id)
);

-- The requests on their way that have the link: one request sent twice shares one claim. A claim without
-- an order and without a holder is free. Of the version before each has one.
alter table link_claims add column holders uuid[] not null
  default array['00000000-0000-0000-0000-000000000000'::uuid];

-- Of one request sent twice the two have one twin, and count once.
alter table velocity_claims add column twin uuid;

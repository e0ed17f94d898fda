-- How rows of a provider's list are read that say too little or say it in words of their own; one
-- service of a provider sold several times by different terms; which word for its currency an
-- operator has accepted.
-- Locks: services, sync_terms, sync_changes and provider_states for a moment; the index of services
-- and the checks are made anew, in the time that one reading of services and sync_changes takes.

alter table sync_terms
  -- Wire names of types by the provider's words for them.
  add column types jsonb not null default '{}',
  -- Of rows without bounds.
  add column min bigint check (min >= 1),
  add column max bigint check (max <= 9007199254740991),
  add constraint sync_terms_bounds check (min <= max);

-- What the provider called its currency when an operator last decided what it counts in: the same
-- word is no surprise any more, another one is.
alter table provider_states add column accepted_currency text;

-- The trade sells one service of a provider in several categories, with several mark-ups.
drop index services_provider_service;
create index services_provider_service on services (provider_id, provider_service)
  where provider_service is not null;

-- How often the provider's service was sold when the plan was made that brings it (once more).
alter table sync_changes add column copies integer not null default 0 check (copies >= 0);

-- `unfit`: in the list, but without a usable bound that the service follows.
alter table services drop constraint services_listing_check;
alter table services add constraint services_listing_check
  check (listing in ('listed', 'gone', 'unpriced', 'unfit', 'withdrawn'));
alter table sync_changes drop constraint sync_changes_kind_check;
alter table sync_changes add constraint sync_changes_kind_check
  check (kind in ('new', 'changed', 'returned', 'gone', 'unpriced', 'unfit', 'retyped'));

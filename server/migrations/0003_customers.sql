-- Customers, their own prices and their API keys.
-- Locks: new tables only.

create table customers (
  account_id       bigint primary key references accounts (id),
  email            text not null check (length(email) between 3 and 320),
  status           text not null default 'active' check (status in ('active', 'suspended')),
  discount_percent numeric(11,8) not null default 0 check (discount_percent between 0 and 100),
  -- Counts the changes of this customer's own prices; an order priced at another count is priced
  -- again before it is taken.
  price_version    bigint not null default 1,
  created_at       timestamptz not null default panel_now()
);
create unique index customers_email on customers (lower(email));

create table custom_rates (
  account_id bigint not null references customers (account_id),
  service_id bigint not null references services (id),
  fixed      numeric(28,8) check (fixed > 0),
  percent    numeric(11,8) check (percent > 0 and percent <= 1000),
  primary key (account_id, service_id),
  check (num_nonnulls(fixed, percent) = 1)
);

create table api_keys (
  id           bigint generated always as identity primary key,
  account_id   bigint not null references customers (account_id),
  key_hash     bytea not null unique check (octet_length(key_hash) = 32),
  -- The last characters, so that a person can tell keys apart.
  hint         text not null,
  name         text not null default '',
  scopes       text[] not null check (scopes <@ array['read', 'order'] and cardinality(scopes) > 0),
  dialect      text,
  ip_allow     text[] not null default '{}',
  rate_limit   integer check (rate_limit >= 0),
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz,
  -- Counts changes: a process that holds an older count reads the key again before it acts.
  version      bigint not null default 1,
  created_at   timestamptz not null default panel_now()
);
create index api_keys_account on api_keys (account_id);

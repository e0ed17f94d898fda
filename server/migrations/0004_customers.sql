-- Customers and the API keys that act for them.
-- Locks: new tables only.

create table customers (
  account_id       bigint primary key references accounts (id),
  email            text check (length(email) between 3 and 320),
  status           text not null default 'active' check (status in ('active', 'suspended')),
  discount_percent numeric(11,8) not null default 0 check (discount_percent between 0 and 100),
  price_version    bigint not null default 1,
  created_at       timestamptz not null default panel_now(),
  test_of          bigint unique references customers (account_id),
  constraint customers_email_or_test check ((email is null) = (test_of is not null)),
  constraint customers_not_of_itself check (test_of <> account_id)
);
create unique index customers_email on customers (lower(email));
comment on table customers is
  'Who buys. A test account has its customer''s terms and prices, but money and orders of its own, '
  'which are play; it has no address, because nobody signs in as it.';
comment on column customers.email is 'Null: of a test account.';
comment on column customers.price_version is
  'Counts the changes of this customer''s own prices; an order priced at another count is priced '
  'again before it is taken.';
comment on column customers.test_of is 'The customer whose test account this is.';

create table api_keys (
  id           bigint generated always as identity primary key,
  account_id   bigint not null references customers (account_id),
  key_hash     bytea not null unique check (octet_length(key_hash) = 32),
  hint         text not null,
  name         text not null default '',
  scopes       text[] not null check (scopes <@ array['read', 'order'] and cardinality(scopes) > 0),
  dialect      text,
  ip_allow     text[] not null default '{}',
  rate_limit   integer check (rate_limit >= 0),
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz,
  version      bigint not null default 1,
  created_at   timestamptz not null default panel_now()
);
create index api_keys_account on api_keys (account_id);
comment on table api_keys is
  'What a program acts with for a customer. The key itself is stored nowhere.';
comment on column api_keys.hint is 'The last characters, so that a person can tell keys apart.';
comment on column api_keys.dialect is 'Null: the panel''s own.';
comment on column api_keys.ip_allow is
  'Addresses and networks that it may be used from; empty: from everywhere.';
comment on column api_keys.rate_limit is
  'Requests a second; null: as the settings say, 0: without a limit.';
comment on column api_keys.version is
  'Counts changes: a process that holds an older count reads the key again before it acts.';

create table caller_changes (
  only_row boolean primary key default true check (only_row),
  stamp    uuid not null default gen_random_uuid()
) with (fillfactor = 50);
insert into caller_changes default values;
comment on table caller_changes is
  'One row with a stamp, which every change of a key or of a customer''s standing replaces in its '
  'own transaction. As long as it is the same, whoever was found alive under it still is: the hot '
  'path reads it in place of key and customer.';
comment on column caller_changes.stamp is
  'Random, so that no other history of this database (a server that took over and lost the last '
  'transactions) can come to the same.';

-- Once for each transaction, however many keys it changes.
create function stamp_caller_change() returns trigger language plpgsql as $$
begin
  update caller_changes
     set stamp = gen_random_uuid()
   where only_row and xmin <> pg_current_xact_id()::xid;
  return null;
end $$;

-- At the end of the transaction, so that its row is the last one that anybody waits for. A customer
-- is never removed before the keys are.
create constraint trigger api_keys_stamp_change
  after update on api_keys
  deferrable initially deferred
  for each row
  when (new.id <> old.id or new.account_id <> old.account_id or new.version <> old.version
        or new.revoked_at is distinct from old.revoked_at
        or new.expires_at is distinct from old.expires_at)
  execute function stamp_caller_change();
create constraint trigger api_keys_stamp_removal
  after delete on api_keys
  deferrable initially deferred
  for each row execute function stamp_caller_change();
create constraint trigger customers_stamp_change
  after update on customers
  deferrable initially deferred
  for each row
  when (new.status <> old.status)
  execute function stamp_caller_change();

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
  'The customers. A test account has its customer''s terms and prices, but its own money and '
  'orders, which are play. It has no email address, because nobody signs in to it.';
comment on column customers.email is 'Null for a test account.';
comment on column customers.price_version is
  'Counts the changes of this customer''s own prices. An order priced at another count is priced '
  'again before it is taken.';
comment on column customers.test_of is
  'The customer that this test account belongs to; null for a real customer.';

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
comment on column api_keys.dialect is 'Null: the panel''s own dialect.';
comment on column api_keys.ip_allow is
  'The addresses and networks that the key may be used from; empty: any.';
comment on column api_keys.rate_limit is
  'Requests per second; null: the limit in the settings; 0: no limit.';
comment on column api_keys.version is
  'Counts the changes of the key. A process that knows an older count reads the key again before '
  'it acts.';

create table caller_changes (
  only_row boolean primary key default true check (only_row),
  stamp    uuid not null default gen_random_uuid()
) with (fillfactor = 50);
insert into caller_changes default values;
comment on table caller_changes is
  'One row with a stamp. Every change of a key or of a customer''s status replaces the stamp in '
  'its own transaction. While the stamp is unchanged, every caller that was found valid under it '
  'still is, so the hot path reads it instead of key and customer.';
comment on column caller_changes.stamp is
  'Random, so that no other history of this database (a server that took over and lost the last '
  'transactions) can arrive at the same stamp.';

-- Replaces the stamp once per transaction, no matter how many keys it changes.
create function stamp_caller_change() returns trigger language plpgsql as $$
begin
  update caller_changes
     set stamp = gen_random_uuid()
   where only_row and xmin <> pg_current_xact_id()::xid;
  return null;
end $$;

-- Deferred to the end of the transaction, so that the stamp is the last row to be locked. A
-- customer is never removed before its keys.
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

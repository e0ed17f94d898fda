-- Look-ups of the hot path need not read a caller's key and customer each time: they read one stamp, which
-- every change of a key or of a customer's standing replaces in its own transaction. As long as the stamp
-- is the same, whoever was found alive under it still is.
create table caller_changes (
  only_row boolean primary key default true check (only_row),
  -- Random, so that no other history of this database (a server that took over and lost the last
  -- transactions) can come to the same.
  stamp    uuid not null default gen_random_uuid()
) with (fillfactor = 50);
insert into caller_changes default values;

-- Once for each transaction, however many keys it changes.
create function stamp_caller_change() returns trigger language plpgsql as $$
begin
  update caller_changes
     set stamp = gen_random_uuid()
   where only_row and xmin <> pg_current_xact_id()::xid;
  return null;
end $$;

-- At the end of the transaction, so that its row is the last one that anybody waits for. A customer is
-- never removed before the keys are.
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

-- The audit says of each entry what kind of actor it was, under which number, from where, by which
-- request, and why.
-- Locks: audit_entries, while its rows are read and written once and the index is made.

alter table audit_entries
  add column actor_kind text,
  -- Of staff, a key, or a customer's account; jobs and users of the machine have no number.
  add column actor_id   bigint,
  -- The client's network address, and the request's id in the log.
  add column address    text,
  add column request_id text,
  -- In the words of whoever did it.
  add column reason     text;

-- So far only jobs and users of the machine are in it.
update audit_entries
   set actor_kind = case when actor like 'cli:%' then 'command_line' else 'system' end;

alter table audit_entries
  alter column actor_kind set not null,
  add constraint audit_entries_actor_kind check (actor_kind in
    ('staff', 'operator_key', 'customer', 'api_key', 'system', 'command_line')),
  add constraint audit_entries_actor_has_number check
    ((actor_id is null) = (actor_kind in ('system', 'command_line')));

create index audit_entries_actor on audit_entries (actor, id);

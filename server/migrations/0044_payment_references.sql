-- References of payments are the panel's: one names one movement of money, whoever it was booked for and
-- however it is written.
-- Locks: postings for a moment (a foreign key is hung on it; nothing is written there) and once read for
-- what operators have booked so far.

-- What is left of a reference when everything is taken away that people vary without meaning another
-- payment: the form of characters (NFKC), the case of letters, blanks, characters that are not seen, and
-- the kinds of hyphens. Case by the rules of Unicode where this server knows any.
do $$
declare
  alphabet text := coalesce(
    (select quote_ident(c.collname)
       from pg_collation c
      where c.collnamespace = 'pg_catalog'::regnamespace
        and c.collname in ('pg_c_utf8', 'und-x-icu')
        and c.collencoding in (-1, pg_char_to_encoding(getdatabaseencoding()))
      order by c.collname
      limit 1), '"default"');
begin
  execute format($function$
    create function fold_reference(reference text) returns text
      language sql immutable strict parallel safe
      return regexp_replace(
        regexp_replace(
          replace(lower(upper(normalize(reference, nfkc) collate %1$s) collate %1$s), 'ß', 'ss'),
          '[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff[:space:][:cntrl:]]',
          '', 'g'),
        '[\u02d7\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\ufe58]', '-', 'g')
        collate "C"
  $function$, alphabet);
end $$;

create table payment_references (
  -- Folded: the same for everything that people would take for the same reference.
  folded          text collate "C" not null,
  -- Empty: what the reference was booked for. Else the folded reason for which it was booked again.
  again           text collate "C" not null default '',
  account_id      bigint not null,
  -- The posting's key, which is the reference as it was written.
  idempotency_key text collate "C" not null,
  -- Why it was booked again, as it was written.
  reason          text,
  booked_at       timestamptz not null default panel_now(),
  -- The rule: once, or once more for each reason.
  primary key (folded, again),
  unique (idempotency_key, account_id),
  foreign key (idempotency_key, account_id) references postings (idempotency_key, account_id)
    on delete cascade deferrable initially deferred,
  check (folded <> ''),
  -- The panel's own movements have names of their own.
  constraint payment_references_not_the_panels check (folded !~ '^(order|product-order|play):'),
  constraint payment_references_again_has_reason check ((again = '') = (reason is null))
);

-- Notes the references of what operators have booked, the oldest first: where one was used several
-- times, it stands for the first. Play money has none.
create function collect_payment_references() returns void language sql as $$
  insert into payment_references (folded, account_id, idempotency_key, booked_at)
  select fold_reference(p.idempotency_key), p.account_id, p.idempotency_key, p.created_at
    from postings p
    join accounts a on a.id = p.account_id
   where p.kind::text in ('deposit', 'bonus', 'adjustment') and a.kind::text = 'customer'
     and fold_reference(p.idempotency_key) <> ''
     and fold_reference(p.idempotency_key) !~ '^(order|product-order|play):'
   order by p.created_at, p.account_id, p.seq
  on conflict do nothing
$$;
select collect_payment_references();

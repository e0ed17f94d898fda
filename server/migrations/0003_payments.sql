-- The references of payments that operators book.
-- Locks: new tables; postings for a moment (a foreign key refers to it).

-- Folds case by the rules of Unicode if this server has such a collation.
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
comment on function fold_reference(text) is
  'Removes from a reference everything that people vary without meaning another payment: the form '
  'of characters (NFKC), upper and lower case, blanks, invisible characters, and the kinds of '
  'hyphens.';

create table payment_references (
  folded          text collate "C" not null,
  again           text collate "C" not null default '',
  account_id      bigint not null,
  idempotency_key text collate "C" not null,
  reason          text,
  booked_at       timestamptz not null default panel_now(),
  -- A reference is booked once, and once more for each reason.
  primary key (folded, again),
  unique (idempotency_key, account_id),
  foreign key (idempotency_key, account_id) references postings (idempotency_key, account_id)
    on delete cascade deferrable initially deferred,
  check (folded <> ''),
  -- These prefixes are reserved for the panel's own movements.
  constraint payment_references_not_the_panels check (folded !~ '^(order|product-order|play):'),
  constraint payment_references_again_has_reason check ((again = '') = (reason is null))
);
comment on table payment_references is
  'References of what operators book by hand. Each names one movement of money in the whole '
  'panel, no matter for which customer it was booked or how it is written. Play money has no '
  'references.';
comment on column payment_references.folded is
  'The reference, folded: the same for all spellings that people would take for the same '
  'reference.';
comment on column payment_references.again is
  'Empty for the first booking under the reference; otherwise the folded reason for booking it '
  'again.';
comment on column payment_references.idempotency_key is
  'The idempotency key of the posting, which is the reference as it was written.';
comment on column payment_references.reason is
  'The reason for booking it again, as it was written.';

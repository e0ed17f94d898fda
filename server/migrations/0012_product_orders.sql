-- Product orders, the items they get, their tasks at providers, and product claims. The stock is
-- here because its items refer to the order that they were sold to.
-- Locks: new tables only.

create sequence product_order_ids;

create table product_orders (
  account_id       bigint not null,
  id               bigint not null default nextval('product_order_ids'),
  product_id       bigint not null references products (id),
  key_id           bigint,
  source           text not null default 'api' check (source in ('api', 'web')),
  quantity         integer not null check (quantity > 0),
  delivered        integer not null default 0,
  sealed_answer    text,
  rate             numeric(28,8) not null check (rate >= 0),
  charge           numeric(28,8) not null check (charge >= 0),
  refunded         numeric(28,8) not null default 0,
  cost             numeric(28,8),
  booked_cost      numeric(28,8) not null default 0,
  cost_bookings    integer not null default 0,
  status           text not null check (status in
    ('pending', 'in_progress', 'completed', 'partial', 'canceled')),
  note             text,
  waits_for        text check (waits_for in
    ('delivery', 'unknown', 'failed', 'accepted_late', 'status_unknown', 'short', 'repeated',
     'went_back', 'cost_unclear')),
  waits_note       text,
  waits_since      timestamptz,
  provider_id      bigint references providers (id),
  provider_product text,
  provider_order   text,
  number_reuse     integer,
  warranty_days    integer not null default 0,
  request_id       text,
  request_hash     uuid,
  created_at       timestamptz not null default panel_now(),
  updated_at       timestamptz not null default panel_now(),
  finished_at      timestamptz,
  primary key (account_id, id),
  constraint product_orders_refunded check (refunded between 0 and charge),
  constraint product_orders_delivered check (delivered between 0 and quantity),
  constraint product_orders_request check ((request_id is null) = (request_hash is null)),
  constraint product_orders_waits check ((waits_for is null) = (waits_since is null)),
  constraint product_orders_finished check
    ((finished_at is not null) = (status in ('completed', 'partial', 'canceled'))),
  constraint product_orders_number_counted check
    (provider_order is null or number_reuse is not null)
);
create unique index product_orders_id on product_orders (id);
create unique index product_orders_requests on product_orders (account_id, request_id)
  where request_id is not null;
-- A provider's order number belongs to only one of our orders.
create unique index product_orders_number_once
  on product_orders (provider_id, provider_order, number_reuse)
  where provider_order is not null;
create index product_orders_waiting on product_orders (waits_since) where waits_for is not null;
create index product_orders_product on product_orders (product_id, id);
comment on table product_orders is 'One purchase of items of one product per row.';
comment on column product_orders.delivered is
  'How many items the buyer got, including those that were refunded later.';
comment on column product_orders.sealed_answer is
  'The buyer''s answer to the product''s question, sealed for the purpose '
  '`product-order:<id>:answer`.';
comment on column product_orders.rate is 'The price of one item, frozen.';
comment on column product_orders.refunded is 'The sum of all refunds so far.';
comment on column product_orders.cost is
  'What the order is expected to cost us, in the panel''s currency.';
comment on column product_orders.booked_cost is
  'How much of the cost was booked; changes only together with a posting.';
comment on column product_orders.cost_bookings is 'The number of those postings.';
comment on column product_orders.note is 'A note for the buyer.';
comment on column product_orders.waits_for is 'Why the order waits for staff; null: it does not.';
comment on column product_orders.waits_note is 'The facts, for staff.';
comment on column product_orders.provider_order is 'The number of the order at the provider.';
comment on column product_orders.number_reuse is
  'How many orders had got the same `provider_order` before: 0, unless staff know that the '
  'provider reuses its numbers, and say so.';
comment on column product_orders.warranty_days is
  'The product''s warranty when the order was placed.';
comment on column product_orders.request_id is 'The customer''s own id for the request.';
comment on column product_orders.request_hash is 'The hash of the whole request.';

create table product_order_changes (
  account_id       bigint not null,
  product_order_id bigint not null,
  id               bigint generated always as identity,
  at               timestamptz not null default panel_now(),
  actor            text not null,
  status_before    text,
  status           text not null,
  delivered        integer not null,
  refunded         numeric(28,8) not null,
  note             text,
  primary key (account_id, product_order_id, id)
);
create trigger product_order_changes_are_append_only
  before update or delete on product_order_changes
  for each row execute function refuse_order_change_change();
create trigger product_order_changes_are_never_truncated
  before truncate on product_order_changes
  for each statement execute function refuse_order_change_change();
comment on table product_order_changes is
  'Every change of a product order. Never changed or removed.';
comment on column product_order_changes.actor is
  '`provider:3`, `customer:7 key:3`, a staff member, or `panel`.';
comment on column product_order_changes.status_before is
  'Null for the change that placed the order.';
comment on column product_order_changes.refunded is 'The sum of all refunds so far.';

create table product_uploads (
  id         bigint generated by default as identity primary key,
  product_id bigint not null references products (id) on delete cascade,
  at         timestamptz not null default panel_now(),
  actor      text not null,
  added      integer not null,
  repeated   integer not null,
  empty      integer not null
);
comment on table product_uploads is 'One upload of lines for the stock.';
comment on column product_uploads.added is 'Lines of the file that were new.';
comment on column product_uploads.repeated is 'Lines of the file that were known already.';

create table product_items (
  id               bigint generated by default as identity primary key,
  product_id       bigint not null references products (id),
  state            text not null check (state in ('free', 'sold', 'replaced', 'returned', 'void')),
  origin           text not null check (origin in ('upload', 'provider', 'hand', 'sandbox')),
  sealed           text not null,
  digest           bytea not null,
  upload_id        bigint references product_uploads (id),
  account_id       bigint,
  product_order_id bigint,
  place            integer check (place > 0),
  claim_id         bigint,
  created_at       timestamptz not null default panel_now(),
  sold_at          timestamptz,
  foreign key (account_id, product_order_id) references product_orders (account_id, id),
  constraint product_items_sold check
    ((state in ('sold', 'replaced', 'returned')) = (product_order_id is not null)
     and (product_order_id is null) = (account_id is null)
     and (product_order_id is null) = (place is null)
     and (product_order_id is null) = (sold_at is null))
);
-- Across all products and forever: a line that was once uploaded is not taken into the stock again.
create unique index product_items_uploaded on product_items (digest) where origin = 'upload';
create index product_items_digest on product_items (digest) where origin in ('provider', 'hand');
create index product_items_free on product_items (product_id, id) where state = 'free';
create unique index product_items_places on product_items (account_id, product_order_id, place)
  where product_order_id is not null;
comment on table product_items is
  'One line that is, or was, to be delivered. It is sold to one order and never again.';
comment on column product_items.state is
  '`void`: taken out of the stock unsold. Delivered, but found not to work in a claim: `replaced` '
  'if another item was given for it, `returned` if its price was given back.';
comment on column product_items.sealed is
  'The line, sealed for the purpose `product-item:<digest in hexadecimal>`.';
comment on column product_items.digest is
  'A keyed digest of the line, so that repeated lines are found without decrypting any.';
comment on column product_items.place is 'The number of the line in its order, from 1.';
comment on column product_items.claim_id is
  'The claim in which the item was taken back, or in which it was given as a replacement.';

-- An item that was delivered to one order never goes to another order and never becomes free again.
create function refuse_item_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.product_order_id is not null then
      raise exception 'a delivered item is evidence: it is never removed'
        using errcode = 'restrict_violation';
    end if;
    return old;
  end if;
  if old.state in ('replaced', 'returned', 'void')
     or (old.state = 'sold' and new.state not in ('sold', 'replaced', 'returned'))
     or (old.product_order_id is not null
         and (new.product_order_id, new.account_id)
             is distinct from (old.product_order_id, old.account_id))
  then
    -- The only change allowed is sealing it again with another encryption key.
    if (new.state, new.product_order_id, new.account_id, new.place)
       is distinct from (old.state, old.product_order_id, old.account_id, old.place) then
      raise exception 'an item is sold once' using errcode = 'restrict_violation';
    end if;
  end if;
  return new;
end $$;
create trigger product_items_are_sold_once before update or delete on product_items
  for each row execute function refuse_item_change();

create table product_claims (
  account_id       bigint not null,
  id               bigint generated by default as identity,
  product_order_id bigint not null,
  quantity         integer not null check (quantity > 0),
  places           integer[] not null default '{}',
  sealed_reason    text not null,
  status           text not null default 'open'
                   check (status in ('open', 'replaced', 'refunded', 'rejected')),
  note             text,
  created_at       timestamptz not null default panel_now(),
  ended_at         timestamptz,
  primary key (account_id, id),
  foreign key (account_id, product_order_id) references product_orders (account_id, id),
  constraint product_claims_ended check ((ended_at is null) = (status = 'open'))
);
create unique index product_claims_id on product_claims (id);
create unique index product_claims_open on product_claims (account_id, product_order_id)
  where status = 'open';
comment on table product_claims is 'A buyer''s word that delivered items do not work.';
comment on column product_claims.quantity is 'How many items of the order the claim is about.';
comment on column product_claims.places is 'The places of those lines, if the buyer named them.';
comment on column product_claims.sealed_reason is
  'The buyer''s words, which may contain the lines themselves; sealed for `product-claim:<id>`.';
comment on column product_claims.note is 'The words of staff, for the buyer.';

create table product_tasks (
  product_order_id bigint primary key,
  account_id       bigint not null,
  provider_id      bigint not null,
  kind             text not null check (kind in ('send', 'poll', 'reconcile')),
  due_at           timestamptz not null default panel_now(),
  lease            uuid,
  attempts         integer not null default 0,
  foreign key (account_id, product_order_id) references product_orders (account_id, id)
) with (fillfactor = 70);
create index product_tasks_due on product_tasks (provider_id, kind, due_at);
comment on table product_tasks is
  'What is still to be done at a provider for a product order; the same as `tasks` for orders.';

create table product_attempts (
  account_id       bigint not null,
  product_order_id bigint not null,
  number           integer not null check (number > 0),
  provider_id      bigint not null,
  provider_product text not null,
  request_id       text not null,
  expected_charge  numeric(28,8),
  started_at       timestamptz not null default panel_now(),
  ended_at         timestamptz,
  outcome          text check (outcome in ('accepted', 'refused', 'not_sent', 'unknown')),
  concern          text
                   check (concern in ('provider', 'funds', 'limit', 'service', 'link', 'order')),
  reason           text,
  provider_order   text,
  settled_as       text check (settled_as in ('accepted', 'refused')),
  settled_by       text,
  settled_at       timestamptz,
  primary key (product_order_id, number, account_id),
  foreign key (account_id, product_order_id) references product_orders (account_id, id),
  check ((outcome is null) = (ended_at is null)),
  check ((settled_as is null) = (settled_at is null))
);
create index product_attempts_provider_order on product_attempts (provider_id, provider_order)
  where provider_order is not null;
comment on table product_attempts is
  'One try to place a product order at a provider; the same as `attempts` for orders.';
comment on column product_attempts.request_id is
  'Our own id for the try. A provider that supports request ids places it only once.';
comment on column product_attempts.expected_charge is
  'In the provider''s currency; null if unknown.';
comment on column product_attempts.concern is 'What a refusal is about.';
comment on column product_attempts.provider_order is 'The number of the order at the provider.';
comment on column product_attempts.settled_as is
  'How an unknown outcome was settled; `settled_by` says by whom.';

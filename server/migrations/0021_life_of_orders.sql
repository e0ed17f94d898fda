-- Rules on speed that count across processes, prices of a customer's own as events, and refills that are
-- told of as refills only.
-- Locks: events for a moment and a read (its constraint is made anew).

-- Orders on their way to their batch.
create table velocity_claims (
  account_id bigint not null,
  -- Given under the account's lock: a lower number was seen by every higher one.
  number     bigint generated always as identity,
  charge     numeric(28,8) not null,
  claimed_at timestamptz not null default panel_now(),
  primary key (account_id, number)
);

-- A price of a customer's own is told to that customer alone.
alter table events drop constraint events_kind_check;
alter table events add constraint events_kind_check check (kind in
  ('order.updated', 'refill.updated', 'cancel.updated', 'subscription.updated', 'balance.low',
   'product_order.updated', 'product_claim.updated',
   'service.price_changed', 'service.enabled', 'service.disabled'));

-- Records where orders stand now, as this transaction has left them; but not those that the panel made
-- to deliver a refill: nobody ordered them.
create or replace function record_order_events(p_account bigint[], p_order bigint[])
returns bigint language plpgsql as $$
declare
  followed bigint[] := lock_event_accounts(p_account);
  accounts bigint[];
  order_ids bigint[];
  data jsonb[];
begin
  if followed = '{}' then return 0; end if;
  select array_agg(o.account_id order by i.n), array_agg(o.id order by i.n),
         array_agg(jsonb_build_object(
           'status', o.status,
           'charge', (o.charge - o.refunded)::text,
           'start_count', o.start_count,
           'remains', o.remains) order by i.n)
    into accounts, order_ids, data
    from unnest(p_account, p_order) with ordinality as i (account_id, id, n)
    join orders o on o.account_id = i.account_id and o.id = i.id
   where i.account_id = any (followed) and o.source <> 'refill';
  if accounts is null then return 0; end if;
  return record_events(accounts, array_fill('order.updated'::text, array[cardinality(accounts)]),
                       order_ids, data);
end $$;

-- A provider's number stands for one order of ours. A number that another order carries is never taken
-- over by itself; where staff know that the provider gives its numbers again, they say so, and
-- `number_reuse` counts it: 0 for the first order that got a number, then 1, and so on.
-- Locks: attempts, product_orders and refills for as long as their indexes are built (the columns are
-- added without a rewrite; what stands twice from before is counted, which reads the old index).
-- Safe while the old version runs: what it writes is counted by the triggers.

alter table attempts add column number_reuse integer default 0;
alter table product_orders add column number_reuse integer default 0;

update attempts a
   set number_reuse = (select count(*)
                         from attempts b
                        where b.provider_id = a.provider_id
                          and b.provider_order = a.provider_order
                          and (b.order_id, b.number, b.account_id)
                              < (a.order_id, a.number, a.account_id))
 where exists (select
                 from attempts b
                where b.provider_id = a.provider_id and b.provider_order = a.provider_order
                  and (b.order_id, b.number, b.account_id) < (a.order_id, a.number, a.account_id));
create unique index attempts_number_once on attempts (provider_id, provider_order, number_reuse)
  where provider_order is not null;
drop index attempts_provider_order;

with twice as (
  select account_id, id,
         row_number() over (partition by provider_id, provider_order order by id) - 1 as uses
    from product_orders
   where provider_order is not null
)
update product_orders o
   set number_reuse = t.uses
  from twice t
 where o.account_id = t.account_id and o.id = t.id and t.uses > 0;
create unique index product_orders_number_once
  on product_orders (provider_id, provider_order, number_reuse)
  where provider_order is not null;

-- Which refills of ours are known under one number there.
create index refills_provider_refill on refills (provider_id, provider_refill)
  where provider_refill is not null;

-- A backup of an older version does not say how often a number was given: it is counted as it comes in.
create function count_attempt_number() returns trigger language plpgsql as $$
begin
  new.number_reuse := (select count(*)
                         from attempts a
                        where a.provider_id = new.provider_id
                          and a.provider_order = new.provider_order);
  return new;
end $$;
create function count_product_order_number() returns trigger language plpgsql as $$
begin
  new.number_reuse := (select count(*)
                         from product_orders o
                        where o.provider_id = new.provider_id
                          and o.provider_order = new.provider_order);
  return new;
end $$;
alter table attempts alter column number_reuse drop default;
alter table product_orders alter column number_reuse drop default;
create trigger attempts_count_number before insert on attempts
  for each row when (new.provider_order is not null and new.number_reuse is null)
  execute function count_attempt_number();
create trigger product_orders_count_number before insert on product_orders
  for each row when (new.provider_order is not null and new.number_reuse is null)
  execute function count_product_order_number();

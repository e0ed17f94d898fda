-- More reasons to wait for staff: answers of a provider that cannot be read, and an order that ended
-- with a cost that was not booked.
-- Locks: desk_entries and product_orders for a moment (each check reads its table once).

alter table desk_entries drop constraint desk_entries_reason_check;
alter table desk_entries add constraint desk_entries_reason_check check (reason in
  ('unknown', 'failed', 'completed_short', 'went_back', 'forgotten', 'partial_unclear',
   'status_unknown', 'link_waits', 'accepted_late', 'post_unclear', 'unreadable', 'cost_unclear'));

alter table product_orders drop constraint product_orders_waits_for_check;
alter table product_orders add constraint product_orders_waits_for_check check (waits_for in
  ('delivery', 'unknown', 'failed', 'accepted_late', 'status_unknown', 'short', 'repeated',
   'went_back', 'cost_unclear'));

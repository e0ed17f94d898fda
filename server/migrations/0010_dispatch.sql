-- Handing orders to providers: what was known of our balance before a try whose outcome nobody
-- knows, which try a provider's number belongs to, and one more reason to lie on the desk.
-- Locks: attempts and desk_entries for a moment (new columns without a default; the check reads the
-- desk once; the index is built under a lock of attempts).

alter table attempts
  -- In the provider's currency, as it was said last before the try; set where the outcome is unknown.
  add column balance_before    numeric(28,8),
  add column balance_before_at timestamptz;

-- Finds whose a provider's number is: settling must not give one number to two orders.
create index attempts_provider_order on attempts (provider_id, provider_order)
  where provider_order is not null;

alter table desk_entries drop constraint desk_entries_reason_check;
alter table desk_entries add constraint desk_entries_reason_check check (reason in
  ('unknown', 'failed', 'completed_short', 'went_back', 'forgotten', 'partial_unclear',
   'status_unknown', 'link_waits', 'accepted_late'));

-- Feeds are read apart from the turns of subscriptions, in turn by customer, and no host is asked
-- more often than it is said to be; a post is one by the normalised form of its link.
-- Locks: schedules and subscription_posts for a moment (columns with constant defaults; the indexes
-- read both once).

alter table schedules
  -- Of the feed: where it lies, as far as requests are counted.
  add column feed_host text check (length(feed_host) <= 255),
  -- Since when every reading has failed; null: the last one did not.
  add column feed_failing_since timestamptz,
  -- Entries of the last reading that name no post which could be ordered.
  add column feed_skipped integer not null default 0,
  add column feed_asked_at timestamptz,
  -- Held by who reads it; over when `next_at` has come.
  add column feed_lease uuid;
create index schedules_feed_due on schedules (next_at)
  where feed_url is not null and status = 'active';
create index schedules_feed_of_customer on schedules (account_id, feed_asked_at)
  where feed_url is not null and status <> 'done';
create index schedules_feed_of_host on schedules (feed_host)
  where feed_url is not null and status <> 'done';
create index schedules_feed_leased on schedules (next_at) where feed_lease is not null;
update schedules
   set feed_host = lower(substring(feed_url from '^[A-Za-z]+://(?:[^/?#@]*@)?([^/?#:]{1,255})'))
 where feed_url is not null;

-- When a host may be asked for a feed again.
create table feed_hosts (
  host    text primary key check (length(host) <= 255),
  next_at timestamptz not null
);

-- Places of subscriptions with a feed that are on their way or have had no turn yet, so that no
-- customer and no host gets one too many. With the first turn the row of `schedules` counts.
create table feed_claims (
  account_id bigint not null,
  claim      uuid not null,
  host       text not null check (length(host) <= 255),
  order_id   bigint,
  claimed_at timestamptz not null default panel_now(),
  primary key (account_id, claim)
);
create index feed_claims_host on feed_claims (host);

-- The same for two spellings of one link. Null: seen by an earlier version, and not looked at since.
alter table subscription_posts add column link_key uuid;
create unique index subscription_posts_link_key
  on subscription_posts (account_id, order_id, link_key);

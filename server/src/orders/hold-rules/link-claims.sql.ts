import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { AccountId, OrderId, ServiceId } from "#values/ids.ts";

/** A link that a customer orders a service for, by its key. */
export type LinkPlace = {
  readonly accountId: AccountId;
  readonly serviceId: ServiceId;
  readonly linkKey: string;
};

// A claim is free when its time is over or its order is. One without an order is that of orders on
// their way (its holders): when all have let it go, or after some minutes, when their process has
// died, what counts is whether the order came to be.
const isFree = `(
  link_claims.until <= panel_now()
  or (link_claims.order_id is not null
      and exists (select from orders o
                   where o.account_id = link_claims.account_id
                     and o.id = link_claims.order_id
                     and o.status in ('completed', 'partial', 'canceled')))
  or (link_claims.order_id is null
      and (link_claims.holders = '{}'
           or link_claims.claimed_at < panel_now() - interval '5 minutes')
      and not exists (select from orders o
                       where o.account_id = link_claims.account_id
                         and o.service_id = link_claims.service_id
                         and o.link = link_claims.link
                         and o.created_at >= link_claims.claimed_at
                         and o.status not in ('completed', 'partial', 'canceled'))))`;
// The conflicting row is locked and looked at as it is then: of two claims at one moment one holds.
const claimLinkSql = statement<{ claim: string }>(
  "orders.claimLink",
  `insert into link_claims (account_id, service_id, link_key, claim, link, until, holders)
   values ($1::bigint, $2::bigint, $3::uuid, $4::uuid, $5::text,
           panel_now() + $6::integer * interval '1 minute', array[$7::uuid])
   on conflict (account_id, service_id, link_key) do update
      set claim = excluded.claim, link = excluded.link,
          order_id = case when not ${isFree} then link_claims.order_id end,
          claimed_at = case when ${isFree} then panel_now() else link_claims.claimed_at end,
          until = case when ${isFree} then excluded.until else link_claims.until end,
          holders = case when ${isFree} then excluded.holders
                         else link_claims.holders || excluded.holders end
    where ${isFree} or link_claims.claim = excluded.claim
   returning claim`,
);

/** A claim of one try: `id` is the same for one request sent twice, `holder` is the try's own. */
export type LinkClaim = { readonly id: string; readonly holder: string };

/** Takes the link for so many minutes; false where another order that is not over has it. */
export async function claimLink(
  db: Queryable,
  place: LinkPlace,
  claim: LinkClaim & { readonly link: string; readonly minutes: number },
): Promise<boolean> {
  const { accountId, serviceId, linkKey } = place;
  const { id, holder, link, minutes } = claim;
  const values = [accountId, serviceId, linkKey, id, link, minutes, holder];
  return (await claimLinkSql.maybe(db, ...values)) !== undefined;
}

const keepClaimSql = statement(
  "orders.keepLinkClaim",
  `update link_claims
      set order_id = $5::bigint
    where account_id = $1::bigint and service_id = $2::bigint and link_key = $3::uuid
      and claim = $4::uuid`,
);
const releaseClaimSql = statement(
  "orders.releaseLinkClaim",
  `update link_claims
      set holders = array_remove(holders, $5::uuid)
    where account_id = $1::bigint and service_id = $2::bigint and link_key = $3::uuid
      and claim = $4::uuid`,
);

/**
 * Says which order has the link, or without one lets it go; where nobody knows, the next claim finds
 * out. Doing it again changes nothing, and a claim that is another's stays.
 */
export async function settleClaim(
  db: Queryable,
  { accountId, serviceId, linkKey }: LinkPlace,
  { id, holder }: LinkClaim,
  orderId: OrderId | undefined,
): Promise<void> {
  if (orderId === undefined) {
    await releaseClaimSql.run(db, accountId, serviceId, linkKey, id, holder);
  } else await keepClaimSql.run(db, accountId, serviceId, linkKey, id, orderId);
}

const deleteOldClaimsSql = statement(
  "orders.deleteOldLinkClaims",
  "delete from link_claims where until < panel_now()",
);

/** Forgets links whose time is over. */
export async function deleteOldClaims(db: Queryable): Promise<void> {
  await deleteOldClaimsSql.run(db);
}

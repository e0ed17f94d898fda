import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { AccountId, OrderId, ServiceId } from "#values/ids.ts";

/** A link that a customer orders a service for, by its key. */
export type LinkPlace = {
  readonly accountId: AccountId;
  readonly serviceId: ServiceId;
  readonly linkKey: string;
};

// A claim is free when its time is over or its order is. One without an order is that of an order on
// its way; after some minutes its process has died, and what counts is whether the order came to be.
// The conflicting row is locked and looked at as it is then: of two claims at one moment one holds.
const claimLinkSql = statement<{ claim: string }>(
  "orders.claimLink",
  `insert into link_claims (account_id, service_id, link_key, claim, link, until)
   values ($1::bigint, $2::bigint, $3::uuid, $4::uuid, $5::text,
           panel_now() + $6::integer * interval '1 minute')
   on conflict (account_id, service_id, link_key) do update
      set claim = excluded.claim, link = excluded.link, order_id = null,
          claimed_at = panel_now(), until = excluded.until
    where link_claims.until <= panel_now()
       or (link_claims.order_id is not null
           and exists (select from orders o
                        where o.account_id = link_claims.account_id
                          and o.id = link_claims.order_id
                          and o.status in ('completed', 'partial', 'canceled')))
       or (link_claims.order_id is null
           and link_claims.claimed_at < panel_now() - interval '5 minutes'
           and not exists (select from orders o
                            where o.account_id = link_claims.account_id
                              and o.service_id = link_claims.service_id
                              and o.link = link_claims.link
                              and o.created_at >= link_claims.claimed_at
                              and o.status not in ('completed', 'partial', 'canceled')))
   returning claim`,
);

/** Takes the link for so many minutes; false where an order that is not over has it. */
export async function claimLink(
  db: Queryable,
  place: LinkPlace,
  claim: { readonly id: string; readonly link: string; readonly minutes: number },
): Promise<boolean> {
  const { accountId, serviceId, linkKey } = place;
  const { id, link, minutes } = claim;
  const row = await claimLinkSql.maybe(db, accountId, serviceId, linkKey, id, link, minutes);
  return row !== undefined;
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
  `delete from link_claims
    where account_id = $1::bigint and service_id = $2::bigint and link_key = $3::uuid
      and claim = $4::uuid`,
);

/** Says which order has the link, or without one lets it go. A claim that is another's stays. */
export async function settleClaim(
  db: Queryable,
  place: LinkPlace,
  id: string,
  orderId: OrderId | undefined,
): Promise<void> {
  const { accountId, serviceId, linkKey } = place;
  if (orderId === undefined) await releaseClaimSql.run(db, accountId, serviceId, linkKey, id);
  else await keepClaimSql.run(db, accountId, serviceId, linkKey, id, orderId);
}

const deleteOldClaimsSql = statement(
  "orders.deleteOldLinkClaims",
  "delete from link_claims where until < panel_now()",
);

/** Forgets links whose time is over. */
export async function deleteOldClaims(db: Queryable): Promise<void> {
  await deleteOldClaimsSql.run(db);
}

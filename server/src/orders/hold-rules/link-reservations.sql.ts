import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { AccountId, OrderId, ServiceId } from "#values/ids.ts";

/** A link that a customer orders a service for, by its key. */
export type LinkPlace = {
  readonly accountId: AccountId;
  readonly serviceId: ServiceId;
  readonly linkKey: string;
};

// A reservation is free when its time or its order is over. One without an order belongs to orders
// being placed (its holders). Once all have let it go, or after some minutes if their process died,
// it depends on whether the order was created.
const isFree = `(
  link_reservations.until <= panel_now()
  or (link_reservations.order_id is not null
      and exists (select from orders o
                   where o.account_id = link_reservations.account_id
                     and o.id = link_reservations.order_id
                     and o.status in ('completed', 'partial', 'canceled')))
  or (link_reservations.order_id is null
      and (link_reservations.holders = '{}'
           or link_reservations.reserved_at < panel_now() - interval '5 minutes')
      and not exists (select from orders o
                       where o.account_id = link_reservations.account_id
                         and o.service_id = link_reservations.service_id
                         and o.link = link_reservations.link
                         and o.created_at >= link_reservations.reserved_at
                         and o.status not in ('completed', 'partial', 'canceled'))))`;
// The conflicting row is locked and read as it is then: of two simultaneous tries, one holds.
const reserveLinkSql = statement<{ reservation: string }>(
  "orders.reserveLink",
  `insert into link_reservations (account_id, service_id, link_key, reservation, link, until, holders)
   values ($1::bigint, $2::bigint, $3::uuid, $4::uuid, $5::text,
           panel_now() + $6::integer * interval '1 minute', array[$7::uuid])
   on conflict (account_id, service_id, link_key) do update
      set reservation = excluded.reservation, link = excluded.link,
          order_id = case when not ${isFree} then link_reservations.order_id end,
          reserved_at = case when ${isFree} then panel_now() else link_reservations.reserved_at end,
          until = case when ${isFree} then excluded.until else link_reservations.until end,
          holders = case when ${isFree} then excluded.holders
                         else link_reservations.holders || excluded.holders end
    where ${isFree} or link_reservations.reservation = excluded.reservation
   returning reservation`,
);

/** A reservation of one attempt. One request sent twice has the same `id`; `holder` differs. */
export type LinkReservation = { readonly id: string; readonly holder: string };

/** Reserves the link for so many minutes. False where another order that is not over has it. */
export async function reserveLink(
  db: Queryable,
  place: LinkPlace,
  reservation: LinkReservation & { readonly link: string; readonly minutes: number },
): Promise<boolean> {
  const { accountId, serviceId, linkKey } = place;
  const { id, holder, link, minutes } = reservation;
  const values = [accountId, serviceId, linkKey, id, link, minutes, holder];
  return (await reserveLinkSql.maybe(db, ...values)) !== undefined;
}

const keepReservationSql = statement(
  "orders.keepLinkReservation",
  `update link_reservations
      set order_id = $5::bigint
    where account_id = $1::bigint and service_id = $2::bigint and link_key = $3::uuid
      and reservation = $4::uuid`,
);
const releaseReservationSql = statement(
  "orders.releaseLinkReservation",
  `update link_reservations
      set holders = array_remove(holders, $5::uuid)
    where account_id = $1::bigint and service_id = $2::bigint and link_key = $3::uuid
      and reservation = $4::uuid`,
);

/**
 * Says which order has the link, or releases it if there is none. Where nobody knows, the next
 * reservation finds out. Repeating it changes nothing, and the reservation of another stays.
 */
export async function settleReservation(
  db: Queryable,
  { accountId, serviceId, linkKey }: LinkPlace,
  { id, holder }: LinkReservation,
  orderId: OrderId | undefined,
): Promise<void> {
  if (orderId === undefined) {
    await releaseReservationSql.run(db, accountId, serviceId, linkKey, id, holder);
  } else await keepReservationSql.run(db, accountId, serviceId, linkKey, id, orderId);
}

const deleteOldReservationsSql = statement(
  "orders.deleteOldLinkReservations",
  "delete from link_reservations where until < panel_now()",
);

/** Deletes reservations whose time is over. */
export async function deleteOldReservations(db: Queryable): Promise<void> {
  await deleteOldReservationsSql.run(db);
}

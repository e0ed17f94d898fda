import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import { moverName } from "#values/actor.ts";
import type { Mover } from "#values/actor.ts";
import type { AccountId, OrderId, ProviderId } from "#values/ids.ts";

/** Why an order waits for a decision of staff. */
export const deskReasons = [
  /** Nobody knows whether the provider took it. */
  "unknown",
  /** Refused by every provider. */
  "failed",
  /** The provider says Completed but also that something remains. */
  "completed_short",
  /** The provider's status went backwards. */
  "went_back",
  /** The provider no longer knows the order. */
  "forgotten",
  /** The provider says Partial with remains that are impossible. */
  "partial_unclear",
  /** The provider says a status that we do not know. */
  "status_unknown",
  /** The provider has had an active order for the same link for too long. */
  "link_waits",
  /** The provider took it after it had ended here. */
  "accepted_late",
  /** The provider's answers about it cannot be read. */
  "unreadable",
  /** It ended, but what the provider charges for it was not booked. */
  "cost_unclear",
  /** Its provider made orders for a subscription, and nobody knows their quantity. */
  "post_unclear",
] as const;
export type DeskReason = (typeof deskReasons)[number];

export type DeskEntryRow = {
  readonly account_id: AccountId;
  readonly order_id: OrderId;
  readonly reason: DeskReason;
  readonly note: string | null;
  readonly opened_at: Date;
  readonly closed_at: Date | null;
  readonly closed_by: string | null;
  readonly decision: string | null;
};

const openEntrySql = statement(
  "orders.openDeskEntry",
  `insert into desk_entries (account_id, order_id, reason, note)
   values ($1::bigint, $2::bigint, $3::text, $4::text)
   on conflict (account_id, order_id, reason) where closed_at is null
   do update set note = excluded.note`,
);

/** Puts an order on the desk. An open entry with the same reason gets the new facts. */
export async function openDeskEntry(
  tx: Tx,
  accountId: AccountId,
  orderId: OrderId,
  reason: DeskReason,
  note: string,
): Promise<void> {
  await openEntrySql.run(tx, accountId, orderId, reason, note);
}

const closeEntriesSql = statement(
  "orders.closeDeskEntries",
  `update desk_entries
      set closed_at = panel_now(), closed_by = $4::text, decision = $5::text
    where account_id = $1::bigint and order_id = $2::bigint and closed_at is null
      and ($3::text[] is null or reason = any ($3::text[]))`,
);

/**
 * Takes an order off the desk, for all reasons or only for these. Returns how many entries it
 * closed.
 */
export function closeDeskEntries(
  tx: Tx,
  accountId: AccountId,
  orderId: OrderId,
  closing: { by: Mover; decision: string; reasons?: readonly DeskReason[] },
): Promise<number> {
  const { by, decision, reasons } = closing;
  return closeEntriesSql.run(tx, accountId, orderId, reasons, moverName(by), decision);
}

const columns = "account_id, order_id, reason, note, opened_at, closed_at, closed_by, decision";

const listOpenEntriesSql = statement<DeskEntryRow>(
  "orders.listOpenDeskEntries",
  `select ${columns}
     from desk_entries
    where closed_at is null
      and ($1::text is null or reason = $1::text)
    order by opened_at, id
    limit $2::integer`,
);

/** The open entries, oldest first. */
export function listOpenDeskEntries(
  db: Queryable,
  limit: number,
  reason?: DeskReason,
): Promise<DeskEntryRow[]> {
  return listOpenEntriesSql.all(db, reason, limit);
}

const listEntriesOfOrderSql = statement<DeskEntryRow>(
  "orders.listDeskEntriesOfOrder",
  `select ${columns}
     from desk_entries
    where account_id = $1::bigint and order_id = $2::bigint
    order by id`,
);

/** Every entry that an order ever had on the desk, oldest first. */
export function listDeskEntriesOfOrder(
  db: Queryable,
  accountId: AccountId,
  orderId: OrderId,
): Promise<DeskEntryRow[]> {
  return listEntriesOfOrderSql.all(db, accountId, orderId);
}

const countOpenEntriesSql = statement<{ reason: DeskReason; entries: number }>(
  "orders.countOpenDeskEntries",
  `select reason, count(*) as entries
     from desk_entries
    where closed_at is null
    group by reason
    order by reason`,
);

/** How many entries are open, by reason. */
export function countOpenDeskEntries(
  db: Queryable,
): Promise<{ reason: DeskReason; entries: number }[]> {
  return countOpenEntriesSql.all(db);
}

const countUnclearSql = statement<{ provider_id: ProviderId; unread: number; costs: number }>(
  "orders.countUnclearByProvider",
  `select o.provider_id,
          count(*) filter (where d.reason in ('unreadable', 'status_unknown')) as unread,
          count(*) filter (where d.reason = 'cost_unclear') as costs
     from desk_entries d
     join orders o on o.account_id = d.account_id and o.id = d.order_id
    where d.closed_at is null
      and d.reason in ('unreadable', 'status_unknown', 'cost_unclear')
    group by o.provider_id`,
);

/** How many orders of each provider wait because its answers or its charges are not understood. */
export async function countUnclearByProvider(
  db: Queryable,
): Promise<ReadonlyMap<ProviderId, { readonly unread: number; readonly costs: number }>> {
  const rows = await countUnclearSql.all(db);
  return new Map(rows.map(({ provider_id: id, unread, costs }) => [id, { unread, costs }]));
}

import { arrayText, statement } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, OrderId, ProductId } from "#values/ids.ts";

/** What customers are told about their own account, by its name on the wire. */
export type AccountEventKind =
  | "order.updated"
  | "refill.updated"
  | "cancel.updated"
  | "subscription.updated"
  | "balance.low"
  // A price of the customer's own; changes of list prices have a stream for all.
  | "service.price_changed"
  | "service.enabled"
  | "service.disabled"
  | "product_order.updated"
  | "product_claim.updated";

/** An event to record. `data` is as `show-event.ts` reads it. */
export type NewEvent = {
  readonly accountId: AccountId;
  readonly kind: AccountEventKind;
  readonly orderId?: OrderId;
  readonly data: Readonly<Record<string, unknown>>;
};

type Key = { readonly accountId: AccountId; readonly orderId: OrderId };

const recordOrdersSql = statement(
  "events.recordOrderEvents",
  "select record_order_events($1::bigint[], $2::bigint[])",
);

/**
 * Records that these orders moved: `order.updated`, with the state in which this transaction leaves
 * them. Call it after every change of status, start count, remains or refund, in the same
 * transaction. An account that nobody follows costs one look-up. Locks the accounts, in the order
 * of their ids, after the orders.
 */
export async function recordOrderEvents(tx: Tx, orders: readonly Key[]): Promise<void> {
  if (orders.length === 0) return;
  await recordOrdersSql.run(
    tx,
    arrayText(orders.map((order) => order.accountId)),
    arrayText(orders.map((order) => order.orderId)),
  );
}

const recordSql = statement(
  "events.recordEvents",
  "select record_events($1::bigint[], $2::text[], $3::bigint[], $4::jsonb[])",
);

/** Records events in their order. Locks the accounts, as `recordOrderEvents` does. */
export async function recordEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await recordSql.run(
    tx,
    arrayText(events.map((event) => event.accountId)),
    events.map((event) => event.kind),
    arrayText(events.map((event) => event.orderId)),
    events.map((event) => JSON.stringify(event.data)),
  );
}

const lockSql = statement(
  "events.lockForEvents",
  "select lock_event_accounts($1::bigint[], $2::bigint[])",
);

/**
 * For transactions that move orders of several accounts one after the other: takes all their
 * account locks at once, in the order of ids, so that no deadlock arises. `refunded` are the
 * accounts that get money back.
 */
export async function lockForEvents(
  tx: Tx,
  accounts: ReadonlySet<AccountId>,
  refunded: ReadonlySet<AccountId>,
): Promise<void> {
  if (accounts.size === 0) return;
  await lockSql.run(tx, arrayText([...accounts]), arrayText([...refunded]));
}

const recordStockSql = statement(
  "events.recordStockEvents",
  `insert into catalog_events (seq, kind, product_id, inventory)
   select (select coalesce(max(c.seq), 0) from catalog_events c) + i.n,
          'product.stock_changed', i.product_id, i.inventory
     from unnest($1::bigint[], $2::integer[]) with ordinality as i (product_id, inventory, n)`,
);

/**
 * Tells everybody how many items products have now. The caller holds the lock of `catalog_state`.
 */
export async function recordStockEvents(
  tx: Tx,
  stocks: readonly { readonly productId: ProductId; readonly inventory: number | undefined }[],
): Promise<void> {
  if (stocks.length === 0) return;
  await recordStockSql.run(
    tx,
    arrayText(stocks.map(({ productId }) => productId)),
    arrayText(stocks.map(({ inventory }) => inventory)),
  );
}

import { arrayText, statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import { moverName } from "#values/actor.ts";
import type { Mover } from "#values/actor.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { OrderStatus } from "#values/order-status.ts";

/** Where an order stands, as its customer sees it. */
export type OrderStand = {
  readonly status: OrderStatus;
  readonly startCount: number | undefined;
  readonly remains: number;
  readonly refunded: Amount;
};

/** A change of where an order stands. */
export type OrderChange = {
  readonly accountId: AccountId;
  readonly orderId: OrderId;
  /** `provider:3`, `customer:7 key:3`, a person of staff, or `panel`. */
  readonly actor: string;
  readonly before: OrderStand;
  readonly after: OrderStand;
};

/** A change that is about to be recorded. */
export type NewOrderChange = Omit<OrderChange, "actor"> & { readonly by: Mover };

const insertSql = statement(
  "orders.insertChanges",
  `with unmuted as (
     delete from stuck_mutes m
      using unnest($1::bigint[], $2::bigint[]) as i (account_id, order_id)
      where m.account_id = i.account_id and m.order_id = i.order_id
   )
   insert into order_changes
     (account_id, order_id, actor, status_before, status, start_count_before, start_count,
      remains_before, remains, refunded_before, refunded)
   select *
     from unnest($1::bigint[], $2::bigint[], $3::text[], $4::order_status[], $5::order_status[],
                 $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::numeric[],
                 $11::numeric[])`,
);

/**
 * Records how locked orders moved, in the transaction that moves them. Nobody can change or remove
 * these rows: they settle disputes. A mute for a stuck order ends when the order moves: staff see
 * it again should it get stuck once more.
 */
export async function recordChanges(tx: Tx, changes: readonly NewOrderChange[]): Promise<void> {
  if (changes.length === 0) return;
  await insertSql.run(
    tx,
    arrayText(changes.map(({ accountId }) => accountId)),
    arrayText(changes.map(({ orderId }) => orderId)),
    changes.map(({ by }) => moverName(by)),
    `{${changes.map(({ before }) => before.status).join(",")}}`,
    `{${changes.map(({ after }) => after.status).join(",")}}`,
    arrayText(changes.map(({ before }) => before.startCount)),
    arrayText(changes.map(({ after }) => after.startCount)),
    arrayText(changes.map(({ before }) => before.remains)),
    arrayText(changes.map(({ after }) => after.remains)),
    `{${changes.map(({ before }) => decimalFromAmount(before.refunded)).join(",")}}`,
    `{${changes.map(({ after }) => decimalFromAmount(after.refunded)).join(",")}}`,
  );
}

type ChangeRow = {
  at: Date;
  actor: string;
  status_before: OrderStatus;
  status: OrderStatus;
  start_count_before: number | null;
  start_count: number | null;
  remains_before: number;
  remains: number;
  refunded_before: string;
  refunded: string;
};

const listSql = statement<ChangeRow>(
  "orders.listChanges",
  `select at, actor, status_before, status, start_count_before, start_count, remains_before,
          remains, refunded_before, refunded
     from order_changes
    where account_id = $1::bigint and order_id = $2::bigint
    order by id desc
    limit $3::integer`,
);

/** The newest changes of an order, newest first. */
export async function listChanges(
  db: Queryable,
  accountId: AccountId,
  orderId: OrderId,
  limit: number,
): Promise<(OrderChange & { readonly at: Date })[]> {
  const rows = await listSql.all(db, accountId, orderId, limit);
  return rows.map((row) => ({
    accountId,
    orderId,
    at: row.at,
    actor: row.actor,
    before: {
      status: row.status_before,
      startCount: row.start_count_before ?? undefined,
      remains: row.remains_before,
      refunded: amountFromDecimal(row.refunded_before),
    },
    after: {
      status: row.status,
      startCount: row.start_count ?? undefined,
      remains: row.remains,
      refunded: amountFromDecimal(row.refunded),
    },
  }));
}

type PlacedRow = { key_id: number | null; created_at: Date };

const findPlacingSql = statement<PlacedRow>(
  "orders.findPlacing",
  `select key_id, created_at from orders where account_id = $1::bigint and id = $2::bigint`,
);

/** With which key an order was placed; null where the panel made it. */
export function findPlacing(
  db: Queryable,
  accountId: AccountId,
  orderId: OrderId,
): Promise<PlacedRow> {
  return findPlacingSql.one(db, accountId, orderId);
}

import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

const insertSql = statement<{ number: number }>(
  "orders.insertVelocityReservation",
  `insert into velocity_reservations (account_id, charge, twin)
   values ($1::bigint, $2::numeric, $3::uuid)
   returning number`,
);

/**
 * Announces an order that is being placed, under the lock of its account. Returns its number among
 * these.
 */
export async function insertVelocityReservation(
  tx: Tx,
  accountId: AccountId,
  { charge, twin }: { readonly charge: Amount; readonly twin: string | undefined },
): Promise<number> {
  return (await insertSql.one(tx, accountId, decimalFromAmount(charge), twin)).number;
}

// After some minutes its process has died: its order is charged, or never will be. One request sent
// twice is one order.
const sumEarlierSql = statement<{ orders: number; spend: string }>(
  "orders.sumEarlierVelocityReservations",
  `select count(*) as orders, coalesce(sum(charge), 0)::text as spend
     from (select distinct on (coalesce(twin::text, number::text)) charge
             from velocity_reservations
            where account_id = $1::bigint and number < $2::bigint
              and ($3::uuid is null or twin is distinct from $3::uuid)
              and reserved_at > panel_now() - interval '5 minutes') earlier`,
);

/**
 * Sums the account's orders that were announced before this number and are still being placed,
 * without the order's own twins.
 */
export async function sumEarlierReservations(
  db: Queryable,
  accountId: AccountId,
  { number, twin }: { readonly number: number; readonly twin: string | undefined },
): Promise<{ readonly orders: number; readonly spend: Amount }> {
  const { orders, spend } = await sumEarlierSql.one(db, accountId, number, twin);
  return { orders, spend: amountFromDecimal(spend) };
}

const deleteSql = statement(
  "orders.deleteVelocityReservation",
  "delete from velocity_reservations where account_id = $1::bigint and number = $2::bigint",
);

/** Removes the reservation of an order that is charged by now, or will not be. */
export async function deleteVelocityReservation(
  db: Queryable,
  accountId: AccountId,
  number: number,
): Promise<void> {
  await deleteSql.run(db, accountId, number);
}

const deleteOldSql = statement(
  "orders.deleteOldVelocityReservations",
  "delete from velocity_reservations where reserved_at < panel_now() - interval '1 hour'",
);

/** Deletes what processes that died left behind. */
export async function deleteOldVelocityReservations(db: Queryable): Promise<void> {
  await deleteOldSql.run(db);
}

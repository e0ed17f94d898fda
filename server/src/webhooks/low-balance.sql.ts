import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

const setSql = statement(
  "webhooks.setLowBalance",
  `insert into low_balance_marks (account_id, mark)
   values ($1::bigint, $2::numeric)
   on conflict (account_id) do update set mark = excluded.mark, is_low = false`,
);
const clearSql = statement(
  "webhooks.clearLowBalance",
  "delete from low_balance_marks where account_id = $1::bigint",
);

/** Sets the balance below which a customer is told; `undefined`: never. */
export async function setLowBalance(
  tx: Tx,
  accountId: AccountId,
  mark: Amount | undefined,
): Promise<void> {
  if (mark === undefined) await clearSql.run(tx, accountId);
  else await setSql.run(tx, accountId, decimalFromAmount(mark));
}

const listTurnedSql = statement<{ account_id: AccountId }>(
  "webhooks.listTurnedBalances",
  `select m.account_id
     from low_balance_marks m
     left join lateral (
       select p.balance_after
         from postings p
        where p.account_id = m.account_id
        order by p.seq desc
        limit 1) p on true
    where m.is_low <> (coalesce(p.balance_after, 0) < m.mark)
    order by m.account_id
    limit $1::integer`,
);

/**
 * Lists accounts whose balance has crossed their mark, in either direction, since the last look.
 */
export async function listTurnedBalances(db: Queryable, limit: number): Promise<AccountId[]> {
  return (await listTurnedSql.all(db, limit)).map((row) => row.account_id);
}

const lockMarkSql = statement<{ mark: string; is_low: boolean }>(
  "webhooks.lockLowBalance",
  "select mark, is_low from low_balance_marks where account_id = $1::bigint for update",
);

/** Locks a mark; call it after locking the account. */
export async function lockLowBalance(
  tx: Tx,
  accountId: AccountId,
): Promise<{ mark: Amount; isLow: boolean } | undefined> {
  const row = await lockMarkSql.maybe(tx, accountId);
  return row && { mark: amountFromDecimal(row.mark), isLow: row.is_low };
}

const noteSql = statement(
  "webhooks.noteLowBalance",
  "update low_balance_marks set is_low = $2::boolean where account_id = $1::bigint",
);

export async function noteLowBalance(tx: Tx, accountId: AccountId, isLow: boolean): Promise<void> {
  await noteSql.run(tx, accountId, isLow);
}

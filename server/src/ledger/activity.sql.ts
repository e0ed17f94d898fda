import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { AccountId } from "#values/ids.ts";
import { amountFromDecimal } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

const findFirstDepositSql = statement<{ created_at: Date; age_hours: number }>(
  "ledger.findFirstDeposit",
  `select created_at, (extract(epoch from panel_now() - created_at) / 3600)::float8 as age_hours
     from postings
    where account_id = $1::bigint and kind = 'deposit'
    order by seq
    limit 1`,
);

/**
 * When the account's first deposit was booked, and how long ago by the database's clock.
 * `undefined` where there is none. The first deposit is nearly always the first posting, so one row
 * is read.
 */
export async function findFirstDeposit(
  db: Queryable,
  id: AccountId,
): Promise<{ readonly at: Date; readonly ageHours: number } | undefined> {
  const row = await findFirstDepositSql.maybe(db, id);
  return row && { at: row.created_at, ageHours: row.age_hours };
}

const sumRecentChargesSql = statement<{ charges: number; spent: string }>(
  "ledger.sumRecentCharges",
  `select count(*) as charges, coalesce(sum(amount), 0)::text as spent
     from (select kind, amount, created_at
             from postings
            where account_id = $1::bigint
            order by seq desc
            limit $2::integer) recent
    where kind = 'charge' and created_at > panel_now() - interval '1 hour'
      -- A clock that was ahead for a moment has written what is not of this hour.
      and created_at < panel_now() + interval '1 minute'`,
);

/**
 * How many orders were charged within the last hour, and how much. Reads the account's last
 * `postingsMax` postings and no more.
 */
export async function sumRecentCharges(
  db: Queryable,
  id: AccountId,
  postingsMax: number,
): Promise<{ readonly charges: number; readonly spent: Amount }> {
  const row = await sumRecentChargesSql.one(db, id, postingsMax);
  return { charges: row.charges, spent: amountFromDecimal(row.spent) };
}

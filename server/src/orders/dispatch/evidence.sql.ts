import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { ProviderId } from "#values/ids.ts";
import { amountFromDecimal } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Attempt } from "./attempts.sql.ts";

const neighboursSql = statement<{ before: string | null; after: string | null }>(
  "orders.findNeighbours",
  `select (select provider_order
             from attempts
            where provider_id = $1::bigint and started_at < $2::timestamptz
              and ended_at <= $2::timestamptz and outcome = 'accepted'
            order by started_at desc
            limit 1) as before,
          (select provider_order
             from attempts
            where provider_id = $1::bigint and started_at >= $3::timestamptz
              and outcome = 'accepted'
            order by started_at
            limit 1) as after`,
);

/** The numbers that the provider gave our orders right before and right after an attempt. */
export async function findNeighbours(
  db: Queryable,
  attempt: Attempt,
): Promise<{ before: string | undefined; after: string | undefined }> {
  const { providerId, startedAt, endedAt = startedAt } = attempt;
  const row = await neighboursSql.one(db, providerId, startedAt, endedAt);
  return { before: row.before ?? undefined, after: row.after ?? undefined };
}

/** What was sent to a provider since its balance was read. */
export type SentSince = {
  /** The expected cost of everything accepted. `undefined` where a part is not known. */
  readonly spent: Amount | undefined;
  /** Attempts of unknown outcome, earlier ones included: the provider may carry them out late. */
  readonly unknowns: number;
  /** Attempts that were under way at the first reading, or are now. */
  readonly underWay: number;
};

const sentSinceSql = statement<{
  spent: string;
  unpriced: number;
  unknowns: number;
  under_way: number;
}>(
  "orders.findSentSince",
  `select coalesce(sum(expected_charge) filter (where is_bought), 0) as spent,
          count(*) filter (where is_bought and expected_charge is null) as unpriced,
          (select count(*)
             from attempts
            where provider_id = $1::bigint and outcome = 'unknown' and settled_as is null
              and started_at > panel_now() - interval '7 days')
            as unknowns,
          count(*) filter (where outcome is null or started_at <= $2::timestamptz) as under_way
     from (select *, outcome = 'accepted' or settled_as = 'accepted' as is_bought
             from attempts
            where provider_id = $1::bigint
              and started_at > $2::timestamptz - interval '10 minutes'
              and (ended_at is null or ended_at > $2::timestamptz)) sent`,
);

export async function findSentSince(
  db: Queryable,
  providerId: ProviderId,
  since: Date,
): Promise<SentSince> {
  const row = await sentSinceSql.one(db, providerId, since);
  return {
    spent: row.unpriced > 0 ? undefined : amountFromDecimal(row.spent),
    unknowns: row.unknowns,
    underWay: row.under_way,
  };
}

const heldNumbersSql = statement<{ provider_order: string }>(
  "orders.listHeldNumbers",
  `select provider_order
     from attempts
    where provider_id = $1::bigint and provider_order = any ($2::text[])`,
);

/** Those of a provider's numbers that our orders carry. */
export async function listHeldNumbers(
  db: Queryable,
  providerId: ProviderId,
  numbers: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await heldNumbersSql.all(db, providerId, numbers);
  return new Set(rows.map((row) => row.provider_order));
}

const ageSql = statement<{ seconds: number | null }>(
  "orders.findAttemptAge",
  `select extract(epoch from panel_now() - ended_at)::float8 as seconds
     from attempts
    where account_id = $1::bigint and order_id = $2::bigint and number = $3::integer`,
);

/** How many seconds ago an attempt ended. */
export async function findAttemptAge(db: Queryable, attempt: Attempt): Promise<number> {
  const { accountId, orderId, number } = attempt;
  return (await ageSql.one(db, accountId, orderId, number)).seconds ?? 0;
}

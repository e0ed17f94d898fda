import { statement } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";

const findPaceSql = statement<{ days: number; busiest: number }>(
  "archive.findPace",
  `select greatest(extract(epoch from now() - $1::timestamptz), 0)::float8 / 86400 as days,
          (select coalesce(max(d.made), 0)
             from (select count(*) as made
                     from (select created_at from orders
                           union all
                           select created_at from product_orders) o
                    group by date_trunc('day', o.created_at)) d) as busiest`,
);

/** Finds how long ago the moment was, and how many orders the busiest known day had. */
export function findPace(
  tx: Tx,
  createdAt: string,
): Promise<{ readonly days: number; readonly busiest: number }> {
  return findPaceSql.one(tx, createdAt);
}

const skipSequencesSql = statement<{ name: string; next: string }>(
  "archive.skipSequences",
  `select s.sequencename as name, to_be.last::numeric + 1 as next,
          setval(format('%I.%I', s.schemaname, s.sequencename)::regclass,
                 greatest(to_be.last, 1), to_be.last > 0)
     from pg_sequences s,
          lateral (select least(coalesce(s.last_value, 0) + $1::bigint, s.max_value) as last) to_be
    where s.schemaname = 'public'
    order by s.sequencename`,
);

/**
 * Moves every sequence on, including those of identities and unused ones. Returns what each gives
 * next. A rollback does not undo this, and it is harmless then.
 */
export function skipSequences(tx: Tx, by: number): Promise<{ name: string; next: string }[]> {
  return skipSequencesSql.all(tx, by);
}

/**
 * Moves on the counters of changes, so that a process that still remembers the panel from before
 * the restore never finds its version again with another content.
 */
export async function skipVersions(tx: Tx, by: number): Promise<void> {
  for (const [table, column] of counters) {
    await tx.query(`update public.${table} set ${column} = ${column} + $1::bigint`, [by]);
  }
}

// Services take their versions from `catalog_state`.
const counters = [
  ["catalog_state", "version"],
  ["hold_rules_state", "version"],
  ["customers", "price_version"],
  ["api_keys", "version"],
] as const;

import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";

/** A column that says when something is due or over, and how far ahead its rule can set it. */
type DueTime = {
  readonly table: string;
  readonly column: string;
  /** A condition, where one column has several rules. */
  readonly only?: string;
  /**
   * The furthest ahead that a rule sets it; `$1` is the longest pause between polls, in seconds.
   */
  readonly most: string;
  /** What a time further ahead is replaced by; due at once if left out. */
  readonly mended?: string;
};

const polls = "greatest($1::integer * 1.1 * interval '1 second', interval '1 hour')";
const hours = (count: number) => `interval '${count} hours'`;

/**
 * Every such column that the panel itself sets, and every past time by which the panel paces itself
 * (there `most` is nothing: it cannot lie ahead). Left out is what operators and customers set
 * (expiries of keys and rules), and history (postings, orders, attempts, changes).
 */
export const dueTimes: readonly DueTime[] = [
  { table: "tasks", column: "due_at", only: "t.kind <> 'run'", most: polls },
  {
    table: "tasks",
    column: "due_at",
    // The task's turn looks at the schedule, and waits again where it has to.
    only: "t.kind = 'run'",
    most: `${hours(1)} + coalesce((
             select o.interval_minutes
               from orders o
              where o.account_id = t.account_id and o.id = t.order_id), 0) * interval '1 minute'`,
  },
  { table: "product_tasks", column: "due_at", most: polls },
  {
    table: "schedules",
    column: "next_at",
    only: "t.kind = 'drip_feed' and t.status <> 'done'",
    most: runPause(),
    mended: `panel_now() + ${runPause()}`,
  },
  {
    table: "schedules",
    column: "next_at",
    only: "t.kind = 'subscription' and t.status <> 'done'",
    most: hours(48),
  },
  { table: "schedules", column: "feed_asked_at", most: hours(0) },
  { table: "feed_hosts", column: "next_at", most: hours(48) },
  { table: "feed_reservations", column: "reserved_at", most: hours(0) },
  { table: "subscription_posts", column: "due_at", only: "t.status = 'waiting'", most: hours(10) },
  { table: "refills", column: "due_at", most: `${polls} + ${hours(24)}` },
  {
    table: "refills",
    column: "deadline_at",
    only: "t.due_at is not null",
    most: hours(8760),
    mended: `panel_now() + ${hours(336)}`,
  },
  // A cancel that was sent is due again at its deadline.
  { table: "cancels", column: "due_at", most: hours(8760) },
  {
    table: "cancels",
    column: "deadline_at",
    only: "t.due_at is not null",
    most: hours(8760),
    mended: `panel_now() + ${hours(72)}`,
  },
  { table: "provider_states", column: "probe_at", most: hours(1) },
  { table: "provider_states", column: "poll_rest_until", most: hours(1) },
  {
    table: "sync_terms",
    column: "due_at",
    most: "t.sync_minutes * interval '1 minute'",
  },
  { table: "webhook_positions", column: "due_at", most: hours(24) },
  {
    table: "webhook_endpoints",
    column: "previous_until",
    most: hours(24),
    mended: `panel_now() + ${hours(24)}`,
  },
  // A link is held for as long as its rule said.
  {
    table: "link_reservations",
    column: "reserved_at",
    most: hours(0),
    mended: "panel_now(), until = panel_now() + (t.until - t.reserved_at)",
  },
  { table: "velocity_reservations", column: "reserved_at", most: hours(0) },
  { table: "service_figures", column: "measured_at", most: hours(0) },
  { table: "processes", column: "seen_at", most: hours(0) },
];

function runPause(): string {
  return `coalesce((
            select o.interval_minutes
              from orders o
             where o.account_id = t.account_id and o.id = t.order_id), 0) * interval '1 minute'`;
}

/** Allows for two clocks that differ a little, and for statements that took a while. */
const slack = "interval '10 minutes'";

const statements = dueTimes.map(({ table, column, only = "true", most, mended }, index) => {
  const place = `${table}.${column}`;
  // The first comparison saves the second for most rows; $1 is mentioned so that every text has it.
  const late =
    `t.${column} > panel_now() + ${slack} and isfinite(t.${column})` +
    ` and (${only}) and t.${column} > panel_now() + ${slack} + ${most}` +
    ` and $1::integer is not null`;
  return {
    place,
    count: statement<{ late: number }>(
      `doctor.countLate.${index + 1}`,
      `select count(*) as late from ${table} t where ${late}`,
    ),
    mend: statement(
      `doctor.mendLate.${index + 1}`,
      `update ${table} t set ${column} = ${mended ?? "panel_now()"} where ${late}`,
    ),
  };
});

export type LateTimes = { readonly place: string; readonly rows: number };

/** Counts, by column, what is due later than any rule sets it; columns without any are left out. */
export async function countLateTimes(
  db: Queryable,
  pollSecondsMax: number,
): Promise<readonly LateTimes[]> {
  const found: LateTimes[] = [];
  for (const { place, count } of statements) {
    const { late } = await count.one(db, pollSecondsMax);
    if (late > 0) found.push({ place, rows: late });
  }
  return found;
}

/**
 * Resets what is due later than any rule sets it to what the rule says; returns the counts by
 * column.
 */
export async function mendLateTimes(
  db: Queryable,
  pollSecondsMax: number,
): Promise<readonly LateTimes[]> {
  const mended: LateTimes[] = [];
  for (const { place, mend } of statements) {
    const rows = await mend.run(db, pollSecondsMax);
    if (rows > 0) mended.push({ place, rows });
  }
  return mended;
}

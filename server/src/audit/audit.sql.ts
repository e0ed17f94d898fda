import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";

const insertEntry = statement(
  "audit.insertEntry",
  `insert into audit_entries (actor, action, subject, before, after)
   values ($1::text, $2::text, $3::text, $4::jsonb, $5::jsonb)`,
);

/**
 * Records who changed what, in the transaction of the change. `subject` is a kind and an id, such as
 * `service:7`. Neither side may hold a secret.
 */
export async function audit(
  tx: Tx,
  entry: { actor: string; action: string; subject: string; before?: unknown; after?: unknown },
): Promise<void> {
  await insertEntry.run(
    tx,
    entry.actor,
    entry.action,
    entry.subject,
    entry.before === undefined ? null : JSON.stringify(entry.before),
    entry.after === undefined ? null : JSON.stringify(entry.after),
  );
}

export type AuditRow = {
  readonly id: number;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
};

const listEntriesSql = statement<AuditRow>(
  "audit.listEntries",
  `select id, at, actor, action, subject, before, after
     from audit_entries
    where subject = coalesce($1::text, subject)
    order by id desc
    limit $2::integer`,
);

/** The newest entries, of one subject or of all. */
export function listAuditEntries(
  db: Queryable,
  limit: number,
  subject?: string,
): Promise<AuditRow[]> {
  return listEntriesSql.all(db, subject, limit);
}

const findLastActionSql = statement<{ age_seconds: number | null }>(
  "audit.findLastAction",
  `select extract(epoch from panel_now() - max(at))::float8 as age_seconds
     from audit_entries
    where subject = 'panel' and action = $1::text`,
);

/** How long ago the audit's last entry of that action was made; `undefined` where there is none. */
export async function findActionAge(db: Queryable, action: string): Promise<number | undefined> {
  return (await findLastActionSql.one(db, action)).age_seconds ?? undefined;
}

import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import { actorId, actorName, requestOf } from "#values/actor.ts";
import type { Actor, ActorKind } from "#values/actor.ts";

const insertEntry = statement(
  "audit.insertEntry",
  `insert into audit_entries (actor, actor_kind, actor_id, address, request_id, reason,
     action, subject, before, after)
   values ($1::text, $2::text, $3::bigint, $4::text, $5::text, $6::text,
     $7::text, $8::text, $9::jsonb, $10::jsonb)`,
);

/**
 * Records who changed what, in the transaction of the change. `subject` is a kind and an id, such
 * as `service:7`; `reason` is the reason that the actor gave. Neither may hold a secret.
 */
export async function audit(
  tx: Tx,
  entry: {
    actor: Actor;
    action: string;
    subject: string;
    before?: unknown;
    after?: unknown;
    reason?: string | undefined;
  },
): Promise<void> {
  const { actor } = entry;
  const { address, requestId } = requestOf(actor);
  await insertEntry.run(
    tx,
    actorName(actor),
    actor.kind,
    actorId(actor),
    address,
    requestId,
    entry.reason,
    entry.action,
    entry.subject,
    entry.before === undefined ? null : JSON.stringify(entry.before),
    entry.after === undefined ? null : JSON.stringify(entry.after),
  );
}

export type AuditRow = {
  readonly id: number;
  readonly at: Date;
  /** The actor's name, such as `cli:anna`. */
  readonly actor: string;
  readonly actor_kind: ActorKind;
  readonly actor_id: number | null;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly before: unknown;
  readonly after: unknown;
};

const listEntriesSql = statement<AuditRow>(
  "audit.listEntries",
  `select id, at, actor, actor_kind, actor_id, address, request_id, action, subject, reason,
          before, after
     from audit_entries
    where subject = coalesce($1::text, subject)
      and actor = coalesce($2::text, actor)
    order by id desc
    limit $3::integer`,
);

/** The newest entries: of one subject, of one actor by name, or of all. */
export function listAuditEntries(
  db: Queryable,
  limit: number,
  {
    subject,
    actor,
  }: { readonly subject?: string | undefined; readonly actor?: string | undefined } = {},
): Promise<AuditRow[]> {
  return listEntriesSql.all(db, subject, actor, limit);
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

import { sql } from "kysely";
import type { AuditRow } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { tables } from "#database/reading.ts";
import type { Actor, ActorKind } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { readPage } from "#views/list-page.ts";
import type { Page, PageQuery, PageRefusal, Sorts } from "#views/list-page.ts";
import { sightOf } from "#views/sight.ts";

/** Filters for the audit; all given ones must hold. */
export type AuditFilter = {
  /** A thing, such as `order:7`. */
  readonly subject?: string | undefined;
  /** An actor by name, such as `cli:anna`. */
  readonly actor?: string | undefined;
  readonly kind?: ActorKind | undefined;
  /** An action, such as `order.set`. A text that ends with a dot, such as `order.`, is a prefix. */
  readonly action?: string | undefined;
  readonly from?: Date | undefined;
  /** Up to this moment, exclusive. */
  readonly until?: Date | undefined;
};

export type AuditSort = "newest" | "oldest";

export const auditSorts: Sorts<AuditSort> = {
  usual: "newest",
  by: {
    newest: { columns: [{ ref: "e.id", type: "bigint" }], direction: "desc" },
    oldest: { columns: [{ ref: "e.id", type: "bigint" }], direction: "asc" },
  },
};

export type AuditRecord = Omit<AuditRow, "address"> & { readonly address?: string | null };

/** A page of who changed what, newest first by default. */
export async function viewAudit(
  ctx: Context,
  actor: Actor,
  query: AuditFilter & PageQuery<AuditSort>,
): Promise<Result<Page<AuditRecord>, PageRefusal>> {
  authorize(actor, "audit.read");
  const sight = sightOf(actor);
  const page = await readPage(ctx.db, matchingEntries(query), auditSorts, query);
  if (!page.ok) return page;
  const rows = page.value.rows.map((row) => ({
    id: row.id,
    at: row.at,
    actor: row.actor,
    actor_kind: row.actor_kind,
    actor_id: row.actor_id,
    ...(sight.address && { address: row.address }),
    request_id: row.request_id,
    action: row.action,
    subject: row.subject,
    reason: row.reason,
    before: row.before,
    after: row.after,
  }));
  return ok({ ...page.value, rows });
}

/** The audit entries that match the filter. */
export function matchingEntries(filter: AuditFilter) {
  let matches = tables
    .selectFrom("audit_entries as e")
    .select(["e.id", "e.at", "e.actor", "e.actor_kind", "e.actor_id", "e.address"])
    .select(["e.request_id", "e.action", "e.subject", "e.reason", "e.before", "e.after"])
    .$castTo<AuditRow>();
  const { subject, actor, kind, action, from, until } = filter;
  if (subject !== undefined) matches = matches.where("e.subject", "=", subject);
  if (actor !== undefined) matches = matches.where("e.actor", "=", actor);
  if (kind !== undefined) matches = matches.where("e.actor_kind", "=", kind);
  if (action !== undefined) {
    matches = matches.where(
      action.endsWith(".")
        ? sql<boolean>`starts_with(${sql.ref("e.action")}, ${action})`
        : sql<boolean>`${sql.ref("e.action")} = ${action}`,
    );
  }
  if (from !== undefined) matches = matches.where("e.at", ">=", from);
  if (until !== undefined) matches = matches.where("e.at", "<", until);
  return matches;
}

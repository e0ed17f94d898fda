import type { Context } from "#database/context.ts";
import { tables } from "#database/reading.ts";
import type { MovementKind, PostingRow } from "#ledger/ledger.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { readPage } from "#views/list-page.ts";
import type { Page, PageQuery, PageRefusal, Sorts } from "#views/list-page.ts";
import { postingRecord } from "./posting-record.ts";
import type { PostingRecord } from "./posting-record.ts";

/** The kinds of movements of customers' money. */
export const movementKinds = [
  "deposit",
  "bonus",
  "adjustment",
  "charge",
  "refund",
] as const satisfies readonly MovementKind[];

/** Filters for a statement; all given ones must hold. */
export type StatementFilter = {
  readonly accountId: AccountId;
  /** Any of these. All if the list is empty. */
  readonly kinds?: readonly MovementKind[] | undefined;
  readonly orderId?: OrderId | undefined;
  /** The name of a movement, exactly. */
  readonly reference?: string | undefined;
  readonly from?: Date | undefined;
  /** Up to this moment, exclusive. */
  readonly until?: Date | undefined;
  /** Only postings with a lower number. */
  readonly beforeSeq?: number | undefined;
};

export type StatementSort = "newest" | "oldest";

export const statementSorts: Sorts<StatementSort> = {
  usual: "newest",
  by: {
    newest: { columns: [{ ref: "p.seq", type: "bigint" }], direction: "desc" },
    oldest: { columns: [{ ref: "p.seq", type: "bigint" }], direction: "asc" },
  },
};

/** A page of the movements of a customer's money, newest first by default. */
export async function viewStatement(
  ctx: Context,
  actor: Actor,
  query: StatementFilter & PageQuery<StatementSort>,
): Promise<Result<Page<PostingRecord>, PageRefusal>> {
  authorize(actor, "customers.read");
  const page = await readPage(ctx.db, matchingPostings(query), statementSorts, query);
  return page.ok ? ok({ ...page.value, rows: page.value.rows.map(postingRecord) }) : page;
}

/** One account's postings. */
export function matchingPostings(filter: StatementFilter) {
  let matches = tables
    .selectFrom("postings as p")
    .select(["p.seq", "p.kind", "p.direction", "p.amount", "p.balance_after", "p.order_id"])
    .select(["p.idempotency_key", "p.note", "p.created_at"])
    .$castTo<PostingRow>()
    .where("p.account_id", "=", filter.accountId);
  if (filter.kinds !== undefined && filter.kinds.length > 0) {
    matches = matches.where("p.kind", "in", filter.kinds);
  }
  if (filter.orderId !== undefined) matches = matches.where("p.order_id", "=", filter.orderId);
  if (filter.reference !== undefined) {
    matches = matches.where("p.idempotency_key", "=", filter.reference);
  }
  if (filter.from !== undefined) matches = matches.where("p.created_at", ">=", filter.from);
  if (filter.until !== undefined) matches = matches.where("p.created_at", "<", filter.until);
  if (filter.beforeSeq !== undefined) matches = matches.where("p.seq", "<", filter.beforeSeq);
  return matches;
}

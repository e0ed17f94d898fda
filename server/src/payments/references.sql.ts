import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId } from "#values/ids.ts";

/**
 * A reference, and where it is booked again the reason for that, in the form that the panel
 * compares.
 */
export type FoldedReference = { readonly folded: string; readonly again: string };

const foldSql = statement<FoldedReference>(
  "payments.foldReference",
  `select fold_reference($1::text) as folded, coalesce(fold_reference($2::text), '') as again`,
);

/** Everything that people would take for the same reference folds to the same text. */
export function foldReference(
  db: Queryable,
  reference: string,
  reason: string | undefined,
): Promise<FoldedReference> {
  return foldSql.one(db, reference, reason);
}

/** Which posting a reference stands for. */
export type ReferenceUse = { readonly accountId: AccountId; readonly idempotencyKey: string };

const findSql = statement<{ account_id: AccountId; idempotency_key: string }>(
  "payments.findReference",
  `select account_id, idempotency_key
     from payment_references
    where folded = $1::text and again = $2::text`,
);

/** What a reference was booked for, or what it was booked again for with that reason. */
export async function findReference(
  db: Queryable,
  { folded, again }: FoldedReference,
): Promise<ReferenceUse | undefined> {
  const row = await findSql.maybe(db, folded, again);
  return row && { accountId: row.account_id, idempotencyKey: row.idempotency_key };
}

const countSql = statement<{ uses: number }>(
  "payments.countReferenceUses",
  "select count(*) as uses from payment_references where folded = $1::text",
);

/** Counts how often it has been booked so far. */
export async function countReferenceUses(db: Queryable, folded: string): Promise<number> {
  return (await countSql.one(db, folded)).uses;
}

const claimSql = statement(
  "payments.claimReference",
  `insert into payment_references (folded, again, account_id, idempotency_key, reason)
   values ($1::text, $2::text, $3::bigint, $4::text, $5::text)
   on conflict do nothing`,
);

/**
 * Takes the reference for a posting that this transaction writes under the key. Returns false where
 * it is taken; a transaction that is taking it at this moment is waited for. Call it under the
 * account's lock.
 */
export async function claimReference(
  tx: Tx,
  reference: FoldedReference,
  use: ReferenceUse & { readonly reason: string | undefined },
): Promise<boolean> {
  const { folded, again } = reference;
  const { accountId, idempotencyKey, reason } = use;
  return (await claimSql.run(tx, folded, again, accountId, idempotencyKey, reason)) > 0;
}

import type { PostingRow } from "#ledger/ledger.sql.ts";
import { amountFromDecimal } from "#values/money.ts";
import { money } from "#views/spelling.ts";

export type PostingRecord = ReturnType<typeof postingRecord>;

/** A movement of money as staff see it. Negative where it left the account. */
export function postingRecord(posting: PostingRow) {
  const amount = amountFromDecimal(posting.amount);
  return {
    posting: posting.seq,
    kind: posting.kind,
    amount: money(posting.direction === 1 ? amount : -amount),
    balance: money(amountFromDecimal(posting.balance_after)),
    order: posting.order_id,
    reference: posting.idempotency_key,
    note: posting.note,
    created: posting.created_at,
  };
}

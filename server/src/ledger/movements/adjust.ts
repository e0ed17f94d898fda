import type { Tx } from "#database/transaction.ts";
import type { AccountId } from "#values/ids.ts";
import { absolute, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { post } from "#ledger/post.ts";

/**
 * An operator's correction, with its reason: adjustments → account where `change` is positive, back
 * where it is negative. It never takes the balance below the account's floor.
 */
export function adjust(
  tx: Tx,
  input: { accountId: AccountId; change: Amount; idempotencyKey: string; reason: string },
): ReturnType<typeof post> {
  const { accountId, change, idempotencyKey, reason } = input;
  return post(tx, {
    accountId,
    kind: "adjustment",
    counter: "adjustments",
    direction: change < zero ? -1 : 1,
    amount: absolute(change),
    idempotencyKey,
    note: reason,
  });
}

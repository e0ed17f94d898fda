import type { Tx } from "#database/transaction.ts";
import type { AccountId } from "#values/ids.ts";
import type { Amount } from "#values/money.ts";
import { post } from "#ledger/post.ts";

/** A present of the house: bonuses → account. The key names what it is given for. */
export function bonus(
  tx: Tx,
  input: { accountId: AccountId; amount: Amount; idempotencyKey: string; note?: string },
): ReturnType<typeof post> {
  return post(tx, { ...input, kind: "bonus", counter: "bonuses", direction: 1 });
}

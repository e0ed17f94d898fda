import type { Tx } from "#database/transaction.ts";
import type { AccountId } from "#values/ids.ts";
import type { Amount } from "#values/money.ts";
import { post } from "#ledger/post.ts";

/** Money that came in from outside: cash → account. The key names the payment. */
export function deposit(
  tx: Tx,
  input: { accountId: AccountId; amount: Amount; idempotencyKey: string; note?: string },
): ReturnType<typeof post> {
  return post(tx, { ...input, kind: "deposit", counter: "cash", direction: 1 });
}

import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import type { Tx } from "#database/transaction.ts";
import { audit } from "#audit/audit.sql.ts";
import type { Posted, PostRefusal } from "#ledger/post.ts";
import type { Result } from "#values/result.ts";
import type { AccountId } from "#values/ids.ts";
import { formatAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

/** Money for a customer. Recorded twice under the same `idempotencyKey`, it is booked once. */
export type Payment = {
  readonly accountId: AccountId;
  readonly amount: Amount;
  readonly idempotencyKey: string;
  readonly note?: string;
};

/** Books a payment through one of the ledger's movements, and notes who did it. */
export function recordPayment(
  ctx: Context,
  actor: string,
  action: "customer.bonus" | "customer.deposit",
  payment: Payment,
  movement: (tx: Tx, payment: Payment) => Promise<Result<Posted, PostRefusal>>,
): Promise<Result<Posted, PostRefusal>> {
  return inTransaction(ctx, async (tx) => {
    const posted = await movement(tx, payment);
    if (posted.ok && !posted.value.isRepeat) {
      await audit(tx, {
        actor,
        action,
        subject: `customer:${payment.accountId}`,
        after: {
          amount: formatAmount(payment.amount, 2),
          balance: formatAmount(posted.value.balance, 2),
          reference: payment.idempotencyKey,
          note: payment.note,
        },
      });
    }
    return posted;
  });
}

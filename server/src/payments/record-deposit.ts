import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import { deposit } from "#ledger/movements/deposit.ts";
import type { Posted, PostRefusal } from "#ledger/post.ts";
import type { Result } from "#values/result.ts";
import type { AccountId } from "#values/ids.ts";
import { formatAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

/**
 * Books money that an operator received by hand. `idempotencyKey` names the payment (a receipt's
 * number, say): recorded twice under the same one, it is booked once.
 */
export function recordDeposit(
  ctx: Context,
  actor: string,
  input: { accountId: AccountId; amount: Amount; idempotencyKey: string; note?: string },
): Promise<Result<Posted, PostRefusal>> {
  return inTransaction(ctx, async (tx) => {
    const posted = await deposit(tx, input);
    if (posted.ok && !posted.value.isRepeat) {
      await audit(tx, {
        actor,
        action: "customer.deposit",
        subject: `customer:${input.accountId}`,
        after: {
          amount: formatAmount(input.amount, 2),
          balance: formatAmount(posted.value.balance, 2),
          reference: input.idempotencyKey,
          note: input.note,
        },
      });
    }
    return posted;
  });
}

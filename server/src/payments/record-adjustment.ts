import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import { adjust } from "#ledger/movements/adjust.ts";
import type { Posted, PostRefusal } from "#ledger/post.ts";
import type { Result } from "#values/result.ts";
import type { AccountId } from "#values/ids.ts";
import { formatAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

/**
 * Corrects a balance by an operator's hand, upwards or (never below the floor) downwards. Done
 * twice under the same key, it is booked once.
 */
export function recordAdjustment(
  ctx: Context,
  actor: string,
  input: { accountId: AccountId; change: Amount; idempotencyKey: string; reason: string },
): Promise<Result<Posted, PostRefusal>> {
  return inTransaction(ctx, async (tx) => {
    const posted = await adjust(tx, input);
    if (posted.ok && !posted.value.isRepeat) {
      await audit(tx, {
        actor,
        action: "customer.adjust",
        subject: `customer:${input.accountId}`,
        after: {
          change: formatAmount(input.change, 2),
          balance: formatAmount(posted.value.balance, 2),
          reference: input.idempotencyKey,
          reason: input.reason,
        },
      });
    }
    return posted;
  });
}

import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { AccountId } from "#values/ids.ts";
import { formatAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { setLowBalance } from "./low-balance.sql.ts";

/** Sets the balance below which a customer is told (`balance.low`); `undefined`: never. */
export async function changeLowBalance(
  ctx: Context,
  actor: Actor,
  accountId: AccountId,
  mark: Amount | undefined,
): Promise<void> {
  authorize(actor, "customers.write");
  return inTransaction(ctx, async (tx) => {
    await setLowBalance(tx, accountId, mark);
    await audit(tx, {
      actor,
      action: "customer.low_balance",
      subject: `customer:${accountId}`,
      after: { lowBalance: mark === undefined ? null : formatAmount(mark, 2) },
    });
  });
}

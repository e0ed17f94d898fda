import type { Context } from "#database/context.ts";
import { deposit } from "#ledger/movements/deposit.ts";
import type { Posted, PostRefusal } from "#ledger/post.ts";
import type { Result } from "#values/result.ts";
import { recordPayment } from "./record-payment.ts";
import type { Payment } from "./record-payment.ts";

/**
 * Books money that an operator received by hand. `idempotencyKey` names the payment (a receipt's
 * number, say): recorded twice under the same one, it is booked once.
 */
export function recordDeposit(
  ctx: Context,
  actor: string,
  payment: Payment,
): Promise<Result<Posted, PostRefusal>> {
  return recordPayment(ctx, actor, "customer.deposit", payment, deposit);
}

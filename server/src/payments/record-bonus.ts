import type { Context } from "#database/context.ts";
import { bonus } from "#ledger/movements/bonus.ts";
import type { Posted, PostRefusal } from "#ledger/post.ts";
import type { Result } from "#values/result.ts";
import { recordPayment } from "./record-payment.ts";
import type { Payment } from "./record-payment.ts";

/** Gives a customer a present of the house. Done twice under the same key, it is booked once. */
export function recordBonus(
  ctx: Context,
  actor: string,
  payment: Payment,
): Promise<Result<Posted, PostRefusal>> {
  return recordPayment(ctx, actor, "customer.bonus", payment, bonus);
}

import type { Context } from "#database/context.ts";
import { deposit } from "#ledger/movements/deposit.ts";
import type { Posted } from "#ledger/post.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { Result } from "#values/result.ts";
import { formatAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { bookByHand } from "./book-by-hand.ts";
import type { BookRefusal, Named } from "./book-by-hand.ts";

/** Books money that an operator received by hand. */
export async function recordDeposit(
  ctx: Context,
  actor: Actor,
  payment: Named & { readonly amount: Amount; readonly note?: string },
): Promise<Result<Posted, BookRefusal>> {
  authorize(actor, "customers.credit");
  const { amount, note } = payment;
  return bookByHand(ctx, actor, {
    ...payment,
    action: "customer.deposit",
    kind: "deposit",
    change: amount,
    audited: { amount: formatAmount(amount, 2), note },
    reason: note,
    movement: (tx, idempotencyKey) => deposit(tx, { ...payment, idempotencyKey }),
  });
}

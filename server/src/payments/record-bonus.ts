import type { Context } from "#database/context.ts";
import { bonus } from "#ledger/movements/bonus.ts";
import type { Posted } from "#ledger/post.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { Result } from "#values/result.ts";
import { formatAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { bookByHand } from "./book-by-hand.ts";
import type { BookRefusal, Named } from "./book-by-hand.ts";

/** Gives a customer a bonus. */
export async function recordBonus(
  ctx: Context,
  actor: Actor,
  present: Named & { readonly amount: Amount; readonly note?: string },
): Promise<Result<Posted, BookRefusal>> {
  authorize(actor, "customers.credit");
  const { amount, note } = present;
  return bookByHand(ctx, actor, {
    ...present,
    action: "customer.bonus",
    kind: "bonus",
    change: amount,
    audited: { amount: formatAmount(amount, 2), note },
    reason: note,
    movement: (tx, idempotencyKey) => bonus(tx, { ...present, idempotencyKey }),
  });
}

import type { Context } from "#database/context.ts";
import { adjust } from "#ledger/movements/adjust.ts";
import type { Posted } from "#ledger/post.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { Result } from "#values/result.ts";
import { formatAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { bookByHand } from "./book-by-hand.ts";
import type { BookRefusal, Named } from "./book-by-hand.ts";

/** Corrects a balance by an operator's hand, upwards or (never below the floor) downwards. */
export async function recordAdjustment(
  ctx: Context,
  actor: Actor,
  correction: Named & { readonly change: Amount; readonly reason: string },
): Promise<Result<Posted, BookRefusal>> {
  authorize(actor, "customers.debit");
  const { change, reason } = correction;
  return bookByHand(ctx, actor, {
    ...correction,
    action: "customer.adjust",
    kind: "adjustment",
    change,
    audited: { change: formatAmount(change, 2), reason },
    reason,
    movement: (tx, idempotencyKey) => adjust(tx, { ...correction, idempotencyKey }),
  });
}

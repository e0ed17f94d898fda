import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { answerOneOnce } from "#request-ids/answer-once.ts";
import type { RequestIdUsed } from "#request-ids/request-id.ts";
import type { BuyerActor } from "#values/actor.ts";
import { readStoredId } from "#values/ids.ts";
import type { CancelId, OrderId } from "#values/ids.ts";
import { refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { RequestTerms } from "./request-each.ts";
import { takeCancels } from "./take-cancels.ts";
import type { TakeCancelRefusal } from "./take-cancels.ts";

export type RequestCancelRefusal = TakeCancelRefusal | RequestIdUsed;

/** Asks to cancel one of the buyer's orders, as `takeCancels` does it. */
export function requestCancel(
  ctx: Context,
  buyer: BuyerActor,
  orderId: OrderId,
  { request }: Pick<RequestTerms, "request"> = {},
): Promise<Result<CancelId, RequestCancelRefusal>> {
  return inTransaction(ctx, (tx) =>
    answerOneOnce(tx, request, orderId, readStoredId<CancelId>, async () => {
      const verdicts = await takeCancels(tx, buyer, [orderId]);
      return verdicts.get(orderId) ?? refused({ code: "order_unknown" } as const);
    }),
  );
}

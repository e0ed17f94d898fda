import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { answerOneOnce } from "#request-ids/answer-once.ts";
import type { RequestIdUsed } from "#request-ids/request-id.ts";
import { readStoredId } from "#values/ids.ts";
import type { AccountId, CancelId, OrderId } from "#values/ids.ts";
import { refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { RequestTerms } from "./request-each.ts";
import { takeCancels } from "./take-cancels.ts";
import type { TakeCancelRefusal } from "./take-cancels.ts";

export type RequestCancelRefusal = TakeCancelRefusal | RequestIdUsed;

/** Asks for one order to be cancelled, as `takeCancels` does it. `by` is the customer if left out. */
export function requestCancel(
  ctx: Context,
  accountId: AccountId,
  orderId: OrderId,
  { by, request }: { readonly by?: string } & Pick<RequestTerms, "request"> = {},
): Promise<Result<CancelId, RequestCancelRefusal>> {
  return inTransaction(ctx, (tx) =>
    answerOneOnce(tx, request, orderId, readStoredId<CancelId>, async () => {
      const verdicts = await takeCancels(tx, accountId, [orderId], by);
      return verdicts.get(orderId) ?? refused({ code: "order_unknown" } as const);
    }),
  );
}

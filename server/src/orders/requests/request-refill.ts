import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { answerOneOnce } from "#request-ids/answer-once.ts";
import type { RequestIdUsed } from "#request-ids/request-id.ts";
import type { BuyerActor } from "#values/actor.ts";
import { readStoredId } from "#values/ids.ts";
import type { OrderId, RefillId } from "#values/ids.ts";
import { refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { RequestTerms } from "./request-each.ts";
import { takeRefills } from "./take-refills.ts";
import type { RefillAsking, TakeRefillRefusal } from "./take-refills.ts";

export type RequestRefillRefusal = TakeRefillRefusal | RequestIdUsed;

/** Asks for a refill of one order, as `takeRefills` grants it. */
export function requestRefill(
  ctx: Context,
  buyer: BuyerActor,
  orderId: OrderId,
  asking: RefillAsking & Pick<RequestTerms, "request"> = {},
): Promise<Result<RefillId, RequestRefillRefusal>> {
  return inTransaction(ctx, (tx) =>
    answerOneOnce(tx, asking.request, orderId, readStoredId<RefillId>, async () => {
      const verdicts = await takeRefills(tx, buyer, [orderId], asking);
      return verdicts.get(orderId) ?? refused({ code: "order_unknown" } as const);
    }),
  );
}

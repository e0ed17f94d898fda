import type { Context } from "#database/context.ts";
import type { RequestIdUsed } from "#request-ids/request-id.ts";
import type { BuyerActor } from "#values/actor.ts";
import { readStoredId } from "#values/ids.ts";
import type { CancelId, OrderId } from "#values/ids.ts";
import type { Result } from "#values/result.ts";
import { requestEach } from "./request-each.ts";
import type { EachVerdict, RequestTerms } from "./request-each.ts";
import { takeCancels } from "./take-cancels.ts";
import type { TakeCancelRefusal } from "./take-cancels.ts";

/** The customer's account is locked while unsent orders are refunded. */
const atOnce = 50;

/** Asks to cancel several orders, each as `takeCancels` does it. */
export function requestCancels(
  ctx: Context,
  buyer: BuyerActor,
  orderIds: readonly OrderId[],
  terms: RequestTerms,
): Promise<Result<EachVerdict<CancelId, TakeCancelRefusal>, RequestIdUsed>> {
  return requestEach(ctx, orderIds, {
    ...terms,
    atOnce,
    read: readStoredId<CancelId>,
    take: (tx, ids) => takeCancels(tx, buyer, ids),
  });
}

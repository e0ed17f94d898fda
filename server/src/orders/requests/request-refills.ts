import type { Context } from "#database/context.ts";
import type { RequestIdUsed } from "#request-ids/request-id.ts";
import type { BuyerActor } from "#values/actor.ts";
import { readStoredId } from "#values/ids.ts";
import type { OrderId, RefillId } from "#values/ids.ts";
import type { Result } from "#values/result.ts";
import { requestEach } from "./request-each.ts";
import type { EachVerdict, RequestTerms } from "./request-each.ts";
import { takeRefills } from "./take-refills.ts";
import type { TakeRefillRefusal } from "./take-refills.ts";

const atOnce = 100;

/** Asks for refills of several orders, each as `takeRefills` grants it. */
export function requestRefills(
  ctx: Context,
  buyer: BuyerActor,
  orderIds: readonly OrderId[],
  asking: RequestTerms,
): Promise<Result<EachVerdict<RefillId, TakeRefillRefusal>, RequestIdUsed>> {
  return requestEach(ctx, orderIds, {
    ...asking,
    atOnce,
    read: readStoredId<RefillId>,
    take: (tx, ids) => takeRefills(tx, buyer, ids, {}),
  });
}

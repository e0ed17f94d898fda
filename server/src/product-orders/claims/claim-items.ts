import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { answerOneOnce } from "#request-ids/answer-once.ts";
import type { RepeatableRequest, RequestIdUsed } from "#request-ids/request-id.ts";
import type { BuyerActor } from "#values/actor.ts";
import { readStoredId } from "#values/ids.ts";
import type { AccountId, ProductClaimId, ProductOrderId } from "#values/ids.ts";
import type { Result } from "#values/result.ts";
import { prepareClaim } from "./open-claim.ts";
import type { NewClaim, OpenClaimRefusal } from "./open-claim.ts";

/**
 * Opens a buyer's claim (`openClaim`), once if the buyer gave a request id. Repeating it returns
 * the same claim, whatever became of it.
 */
export async function claimItems(
  ctx: Context,
  actor: BuyerActor,
  accountId: AccountId,
  id: ProductOrderId,
  wanted: NewClaim & { readonly request: RepeatableRequest | undefined },
): Promise<Result<ProductClaimId, OpenClaimRefusal | RequestIdUsed>> {
  const open = await prepareClaim(ctx, actor, accountId, id, wanted);
  return inTransaction(ctx, (tx) =>
    answerOneOnce(tx, wanted.request, id, readStoredId<ProductClaimId>, () => open(tx)),
  );
}

import { brokenConstraint, inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { RefillId } from "#values/ids.ts";
import { audit } from "#audit/audit.sql.ts";
import { lockRefill, updateRefill } from "#orders/requests.sql.ts";
import type { RefillStatus } from "#orders/requests.sql.ts";

const transitions: Readonly<Record<RefillStatus, readonly RefillStatus[]>> = {
  pending: ["in_progress", "completed", "rejected", "error"],
  in_progress: ["completed", "rejected", "error"],
  error: ["in_progress", "completed", "rejected"],
  completed: [],
  rejected: [],
};

export type SettleRefillRefusal =
  | { readonly code: "refill_unknown" }
  | { readonly code: "refill_open" }
  | { readonly code: "transition_illegal"; readonly from: RefillStatus; readonly to: RefillStatus };

/** Moves a refill request on an operator's word. Completed and Rejected are final. */
export async function settleRefill(
  ctx: Context,
  actor: Actor,
  id: RefillId,
  status: RefillStatus,
  note?: string,
): Promise<Result<RefillStatus, SettleRefillRefusal>> {
  authorize(actor, "refills.settle");
  try {
    return await settle(ctx, actor, id, { status, note });
  } catch (error) {
    // An Error is taken up again, but the customer has asked anew in the meantime.
    if (brokenConstraint(error) === "refills_one_open") return refused({ code: "refill_open" });
    throw error;
  }
}

function settle(
  ctx: Context,
  actor: Actor,
  id: RefillId,
  { status, note }: { readonly status: RefillStatus; readonly note: string | undefined },
): Promise<Result<RefillStatus, SettleRefillRefusal>> {
  return inTransaction(ctx, async (tx) => {
    const refill = await lockRefill(tx, id);
    if (refill === undefined) return refused({ code: "refill_unknown" });
    if (refill.status !== status && !transitions[refill.status].includes(status)) {
      return refused({ code: "transition_illegal", from: refill.status, to: status });
    }
    await updateRefill(tx, refill, status, note);
    await audit(tx, {
      actor,
      action: "refill.set",
      subject: `refill:${id}`,
      before: { status: refill.status },
      after: { status, note },
      reason: note,
    });
    return ok(status);
  });
}

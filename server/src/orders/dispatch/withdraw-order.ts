import type { Tx } from "#database/transaction.ts";
import { decideMove } from "#orders/decide-move.ts";
import { applyMoves } from "#orders/move-order.ts";
import type { Order } from "#orders/orders.sql.ts";
import { lockTasks } from "#tasks/tasks.sql.ts";
import type { Mover } from "#values/actor.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { listAttempts } from "./attempts.sql.ts";
import type { Attempt } from "./attempts.sql.ts";

/**
 * Cancels and refunds at once those of an account's locked orders that no provider has, and that
 * none can get before the transaction ends: no attempt was accepted, is under way or is of unknown
 * outcome, and nobody delivers them by hand. Afterwards nothing is due for them. Returns which
 * orders. Locks their tasks (a worker begins an attempt only under the same lock), then the
 * account.
 */
export async function withdrawUnsent(
  tx: Tx,
  accountId: AccountId,
  orders: readonly Order[],
  by: Mover,
): Promise<ReadonlySet<OrderId>> {
  const pending = orders.filter(
    ({ status, providerOrder }) => status === "pending" && providerOrder === undefined,
  );
  if (pending.length === 0) return new Set();
  const pendingIds = pending.map(({ id }) => id);
  await lockTasks(tx, accountId, pendingIds);
  const attempts = await listAttempts(tx, accountId, ...pendingIds);
  const taken = new Set(attempts.filter(mayBeTaken).map(({ orderId }) => orderId));
  const unsent = pending.filter(({ id }) => !taken.has(id));
  const moves = unsent.map((order) => {
    const decided = decideMove(order, { status: "canceled" });
    if (!decided.ok) throw new Error(`order ${order.id} did not move: ${decided.refusal.code}`);
    return { accountId, orderId: order.id, ...decided.value };
  });
  await applyMoves(tx, moves, by);
  return new Set(unsent.map(({ id }) => id));
}

/** True where this attempt may have given the order to a provider, or to somebody's hands. */
function mayBeTaken(attempt: Attempt): boolean {
  switch (attempt.outcome) {
    case undefined:
    case "accepted":
    case "by_hand":
      return true;
    case "unknown":
      return attempt.settledAs !== "refused";
    case "refused":
    case "not_sent":
      return false;
  }
}

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
 * Cancels those of an account's locked orders that no provider has and none can get before the
 * transaction ends, and refunds them at once: no try was accepted, is under way, or is of unknown
 * outcome, and nobody carries them out by hand. Afterwards nothing is due for them. Returns which they
 * are. Locks what is due for them (a worker begins a try only under the same lock), then the account.
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

/** True where a provider, or somebody's hands, may have the order by this try. */
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

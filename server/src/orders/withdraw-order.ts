import type { Tx } from "#database/transaction.ts";
import { lockTask } from "#tasks/tasks.sql.ts";
import { listAttempts } from "./attempts.sql.ts";
import type { Attempt } from "./attempts.sql.ts";
import { moveOrder } from "./move-order.ts";
import type { MovedOrder } from "./move-order.ts";
import type { Order } from "./orders.sql.ts";

/**
 * True where no provider has a locked order and none can get it before the transaction ends: no try
 * was accepted, is under way, or is of unknown outcome, and nobody carries it out by hand. Locks what
 * is due for it: a worker begins a try only under the same lock.
 */
async function isUnsent(tx: Tx, order: Order): Promise<boolean> {
  if (order.status !== "pending" || order.providerOrder !== undefined) return false;
  await lockTask(tx, order.accountId, order.id);
  const attempts = await listAttempts(tx, order.accountId, order.id);
  return !attempts.some(mayBeTaken);
}

/**
 * Cancels a locked order that was not sent yet, and refunds it at once; `undefined` where somebody
 * may have it. Afterwards nothing is due for it.
 */
export async function withdrawUnsent(
  tx: Tx,
  order: Order,
  by: string,
): Promise<MovedOrder | undefined> {
  if (!(await isUnsent(tx, order))) return undefined;
  const moved = await moveOrder(tx, order.accountId, order.id, { status: "canceled", by });
  if (!moved.ok) throw new Error(`an unsent order was not canceled: ${moved.refusal.code}`);
  return moved.value;
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

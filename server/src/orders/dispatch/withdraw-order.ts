import type { Tx } from "#database/transaction.ts";
import { recordOrderEvents } from "#events/record.sql.ts";
import { refundOrders } from "#ledger/movements/refund-orders.ts";
import { lockTasks } from "#tasks/tasks.sql.ts";
import type { Mover } from "#values/actor.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { subtract, zero } from "#values/money.ts";
import { listAttempts } from "./attempts.sql.ts";
import type { Attempt } from "./attempts.sql.ts";
import { endOrders } from "#orders/end-orders.ts";
import { cancelOrders } from "#orders/end-orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { recordChanges } from "#orders/order-changes.sql.ts";

/**
 * Cancels those of an account's locked orders that no provider has and none can get before the
 * transaction ends, and refunds them at once: no try was accepted, is under way, or is of unknown
 * outcome, and nobody carries them out by hand. Afterwards nothing is due for them. Answers which they
 * are. The same as `moveOrder` to Canceled, in a few statements however many there are; locks what is
 * due for them (a worker begins a try only under the same lock), then the account.
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
  const ids = unsent.map(({ id }) => id);
  if (ids.length === 0) return new Set();

  await cancelOrders(tx, accountId, ids);
  const refunds = unsent.map(({ id, charge, refunded }) => ({
    orderId: id,
    amount: subtract(charge, refunded),
    alreadyRefunded: refunded,
  }));
  await refundOrders(
    tx,
    accountId,
    refunds.filter(({ amount }) => amount > zero),
  );
  const changes = unsent.map((before) => {
    const after = { ...before, status: "canceled", refunded: before.charge } as const;
    return { accountId, orderId: before.id, by, before, after };
  });
  await recordChanges(tx, changes);
  await recordOrderEvents(tx, changes);
  await endOrders(tx, changes, "canceled", by);
  return new Set(ids);
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

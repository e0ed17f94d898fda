import type { Tx } from "#database/transaction.ts";
import { lockForEvents, recordOrderEvents } from "#events/record.sql.ts";
import { refundOrders } from "#ledger/movements/refund-orders.ts";
import type { Mover } from "#values/actor.ts";
import type { AccountId, OrderId } from "#values/ids.ts";
import { zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { decideMove } from "./decide-move.ts";
import type { DecidedMove, MoveOrderRefusal, OrderMove } from "./decide-move.ts";
import { endOrders } from "./end-orders.ts";
import { recordChanges } from "./order-changes.sql.ts";
import { updateOrders } from "./move-orders.sql.ts";
import type { Order } from "./orders.sql.ts";

export type MovedOrder = {
  readonly before: Order;
  readonly after: Order;
  /** What this move gave back to the customer. */
  readonly refund: Amount;
};

/**
 * Moves a locked order, with all consequences: see `decideMove` and `applyMoves`. `order` is as the
 * lock returned it, or as the last move left it.
 */
export async function moveOrder(
  tx: Tx,
  order: Order,
  { by, ...move }: OrderMove & { readonly by: Mover },
): Promise<Result<MovedOrder, MoveOrderRefusal>> {
  const decided = decideMove(order, move);
  if (!decided.ok) return decided;
  const { after, refund } = decided.value;
  await applyMoves(tx, [{ accountId: order.accountId, orderId: order.id, ...decided.value }], by);
  return ok({ before: order, after: { ...order, ...after }, refund });
}

/** What was decided for a locked order. */
export type LockedMove = DecidedMove & { readonly accountId: AccountId; readonly orderId: OrderId };

/**
 * Carries out what was decided for locked orders, in a few statements however many they are: where
 * they stand, the refunds, the recorded change, and `order.updated` for those who follow the
 * account. An order that ends has no task any more, its requests are answered, and it leaves the
 * desk. Locks the accounts, in their order.
 */
export async function applyMoves(tx: Tx, moves: readonly LockedMove[], by: Mover): Promise<void> {
  const seen = moves.filter(({ isSeen }) => isSeen);
  const refunds = moves.filter(({ refund }) => refund > zero);
  const accounts = new Set(seen.map(({ accountId }) => accountId));
  if (accounts.size > 1) {
    await lockForEvents(tx, accounts, new Set(refunds.map(({ accountId }) => accountId)));
  }
  await updateOrders(tx, moves);
  for (const [accountId, steps] of Map.groupBy(refunds, (move) => move.accountId)) {
    await refundOrders(
      tx,
      accountId,
      steps.map(({ orderId, refund, before }) => ({
        orderId,
        amount: refund,
        alreadyRefunded: before.refunded,
      })),
    );
  }
  await recordChanges(
    tx,
    seen.map((move) => ({ ...move, by })),
  );
  await recordOrderEvents(tx, seen);
  const ended = moves.filter(({ isEnd }) => isEnd);
  for (const [status, orders] of Map.groupBy(ended, ({ after }) => after.status)) {
    await endOrders(tx, orders, status, by);
  }
}

import type { Tx } from "#database/transaction.ts";
import type { OrderMove } from "#orders/decide-move.ts";
import { moveOrder } from "#orders/move-order.ts";
import { lockOrder } from "#orders/orders.sql.ts";
import type { Mover } from "#values/actor.ts";
import type { AccountId, OrderId } from "#values/ids.ts";

/** Locks an order and moves it, as every use case that moves one does. */
export async function moveById(
  tx: Tx,
  accountId: AccountId,
  id: OrderId,
  move: OrderMove & { readonly by: Mover },
): ReturnType<typeof moveOrder> {
  const order = await lockOrder(tx, accountId, id);
  if (order === undefined) throw new Error(`there is no order ${id}`);
  return moveOrder(tx, order, move);
}

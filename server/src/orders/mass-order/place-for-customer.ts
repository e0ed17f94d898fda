import { audit } from "#audit/audit.sql.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Buyer, OrderContext } from "#orders/placing/place-order.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { AccountId } from "#values/ids.ts";
import type { Result } from "#values/result.ts";
import type { JudgedLine } from "./judge-lines.ts";
import { placeMassOrder } from "./place-mass-order.ts";
import type { MassMode, PlacedLine } from "./place-mass-order.ts";
import type { MassLine } from "./read-lines.ts";

/** The panel's staff, ordering for a customer. */
export function staffBuying(accountId: AccountId): Buyer {
  return { accountId, id: undefined, version: undefined, isTest: false };
}

/**
 * Places a mass order in a customer's name, as `placeMassOrder` does. The audit records who did it,
 * if anything new was placed.
 */
export async function placeForCustomer(
  context: OrderContext,
  actor: Actor,
  accountId: AccountId,
  order: { readonly lines: readonly MassLine[]; readonly id: string; readonly mode: MassMode },
): Promise<Result<readonly PlacedLine[], readonly JudgedLine[]>> {
  authorize(actor, "orders.place");
  const placed = await placeMassOrder(context, staffBuying(accountId), order);
  const fresh = placed.ok
    ? placed.value.filter((line) => line.placed.ok && !line.placed.value.isReplay).length
    : 0;
  if (fresh === 0) return placed;
  await inTransaction(context.ctx, (tx) =>
    audit(tx, {
      actor,
      action: "customer.mass_order",
      subject: `customer:${accountId}`,
      after: { mass: order.id, mode: order.mode, lines: order.lines.length, placed: fresh },
    }),
  );
  return placed;
}

import type { Tx } from "#database/transaction.ts";
import { bookCosts } from "#ledger/movements/book-costs.ts";
import type { AccountId } from "#values/ids.ts";
import { subtract } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { setBookedCosts } from "./followed.sql.ts";
import type { FollowedOrder } from "./followed.sql.ts";

/**
 * Books what locked orders cost now, less what was booked before: the posting and the order's
 * `booked_cost` together. Locks the provider's account, which is the last of all locks.
 */
export async function bookOrderCosts(
  tx: Tx,
  accountId: AccountId,
  costs: readonly { readonly order: FollowedOrder; readonly cost: Amount }[],
): Promise<void> {
  const changed = costs.filter(({ order, cost }) => cost !== order.bookedCost);
  if (changed.length === 0) return;
  await setBookedCosts(
    tx,
    changed.map(({ order: { accountId, orderId }, cost }) => ({
      accountId,
      orderId,
      bookedCost: cost,
    })),
  );
  await bookCosts(
    tx,
    accountId,
    changed.map(({ order, cost }) => ({
      orderId: order.orderId,
      number: order.costBookings + 1,
      change: subtract(cost, order.bookedCost),
    })),
  );
}

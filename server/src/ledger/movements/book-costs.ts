import type { Tx } from "#database/transaction.ts";
import type { AccountId } from "#values/ids.ts";
import { add, subtract, zero } from "#values/money.ts";
import { insertCosts, lockAccount } from "#ledger/ledger.sql.ts";
import type { CostStep } from "#ledger/ledger.sql.ts";

/**
 * What orders cost at one provider: the provider's account → purchases where the cost rose, back
 * where it fell. The caller holds the orders' locks and raises `orders.booked_cost` and
 * `cost_bookings` in the same transaction, so that each step happens once. Takes the account's
 * lock, which comes last in the lock order.
 */
export async function bookCosts(
  tx: Tx,
  accountId: AccountId,
  steps: readonly CostStep[],
): Promise<void> {
  const account = await lockAccount(tx, accountId);
  if (account === undefined) throw new Error(`the provider's account ${accountId} is missing`);
  let balance = account.balance;
  for (const { orderId, change } of steps) {
    if (change === zero) throw new Error(`a cost of nothing for order ${orderId}`);
    balance = subtract(balance, change);
  }
  const room = add(balance, subtract(zero, account.floor));
  if (room < zero) throw new Error(`costs beyond all bounds in account ${accountId}`);
  await insertCosts(tx, accountId, account, steps);
}

import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { holdCurrency, insertAccount } from "#ledger/ledger.sql.ts";
import { bookCosts } from "#ledger/movements/book-costs.ts";
import { lockProvider, setProviderAccount } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { readSettings } from "#settings/settings.ts";
import type { AccountId } from "#values/ids.ts";
import { chargeMax, subtract, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { setBookedCosts } from "./followed.sql.ts";
import type { FollowedOrder } from "./followed.sql.ts";

/** A provider's account is only spent from. */
const floor = subtract(zero, chargeMax);

/**
 * The ledger's account of what was bought at a provider; made at the first call, in a transaction of
 * its own, so that nobody holds other locks meanwhile.
 */
export async function openCostAccount(ctx: Context, provider: Provider): Promise<AccountId> {
  if (provider.accountId !== undefined) return provider.accountId;
  return inTransaction(ctx, async (tx) => {
    const locked = await lockProvider(tx, provider.id);
    if (locked === undefined) throw new Error(`provider ${provider.id} is gone`);
    if (locked.accountId !== undefined) return locked.accountId;
    await holdCurrency(tx);
    const { currency } = await readSettings(tx);
    const accountId = await insertAccount(tx, currency, floor, "provider");
    await setProviderAccount(tx, provider.id, accountId);
    return accountId;
  });
}

/**
 * Books what locked orders cost now, against what was booked before: the posting and the order's
 * `booked_cost` together. Takes the lock of the provider's account, which is the last of all locks.
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

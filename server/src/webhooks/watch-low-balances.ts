import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import { recordEvents } from "#events/record.sql.ts";
import { lockAccount } from "#ledger/ledger.sql.ts";
import type { AccountId } from "#values/ids.ts";
import { decimalFromAmount } from "#values/money.ts";
import { listTurnedBalances, lockLowBalance, noteLowBalance } from "./low-balance.sql.ts";

const accountsMax = 1000;

/**
 * Tells customers whose balance fell below their mark (`balance.low`): once, and again only after
 * it was above. It runs from time to time, so that charging orders costs nothing extra.
 */
export async function watchLowBalances(ctx: Context): Promise<void> {
  for (const accountId of await listTurnedBalances(ctx.db, accountsMax)) {
    await lookAt(ctx, accountId);
  }
}

function lookAt(ctx: Context, accountId: AccountId): Promise<void> {
  return inTransaction(ctx, async (tx) => {
    const account = await lockAccount(tx, accountId);
    const known = await lockLowBalance(tx, accountId);
    if (account === undefined || known === undefined) return;
    const { balance } = account;
    const isLow = balance < known.mark;
    if (isLow === known.isLow) return;
    await noteLowBalance(tx, accountId, isLow);
    if (!isLow) return;
    const data = { balance: decimalFromAmount(balance), mark: decimalFromAmount(known.mark) };
    await recordEvents(tx, [{ accountId, kind: "balance.low", data }]);
  });
}

import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import { holdCurrency, insertAccount } from "#ledger/ledger.sql.ts";
import { readSettings } from "#settings/settings.ts";
import type { AccountId } from "#values/ids.ts";
import { chargeMax, subtract, zero } from "#values/money.ts";
import { lockProvider, setProviderAccount } from "./providers.sql.ts";
import type { Provider } from "./providers.sql.ts";

/** A provider's account is only spent from. */
const floor = subtract(zero, chargeMax);

/**
 * The ledger's account of what was bought at a provider. It is made at the first call, in a
 * transaction of its own, so that no other locks are held meanwhile.
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

import type { Context } from "#database/context.ts";
import { fetchBalance } from "#providers/upkeep/fetch-balance.ts";
import { listProviders } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { formatAmount } from "#values/money.ts";
import type { Job } from "./job.ts";

/**
 * At once, so that silent providers hold up few others; a thousand calls at a time would be a
 * flood.
 */
const callersMax = 16;

/**
 * Asks every provider for our balance there, so that the forecast is fresh. Warns in the log where
 * the balance is below its mark, before orders have to wait for a top-up.
 */
export const watchBalances: Job = {
  name: "watch-balances",
  everySeconds: 600,
  run: async (ctx, signal) => {
    const waiting = (await listProviders(ctx.db)).filter(({ isEnabled }) => isEnabled).values();
    const askInTurn = async () => {
      for (const provider of waiting) {
        if (signal.aborted) return;
        await watch(ctx, provider);
      }
    };
    await Promise.all(Array.from({ length: callersMax }, askInTurn));
  },
};

async function watch(ctx: Context, provider: Provider): Promise<void> {
  const said = await fetchBalance(ctx, provider);
  if (!said.ok) {
    if (said.refusal.code === "provider_without_account") return;
    const { reason } = said.refusal.failure;
    ctx.log.warn({ providerId: provider.id, reason }, "provider's balance not learnt");
    return;
  }
  const { balance } = said.value;
  if (provider.lowBalance === undefined || balance >= provider.lowBalance) return;
  const fields = {
    providerId: provider.id,
    balance: formatAmount(balance, 2),
    mark: formatAmount(provider.lowBalance, 2),
  };
  ctx.log.warn(fields, "provider's balance is low: top up there");
}

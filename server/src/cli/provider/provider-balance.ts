import { money } from "#views/spelling.ts";
import { fetchBalance } from "#providers/upkeep/fetch-balance.ts";
import { otherCurrency } from "#providers/currency.ts";
import { readSettings } from "#settings/settings.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { providerName } from "./provider-options.ts";
import { providerOf } from "#cli/kit/shared.ts";

export const providerBalance: CliCommand = {
  name: "provider balance",
  summary: "Asks a provider for our balance there.",
  options: [providerName],
  positions: [providerName],
  run: async (panel, given) => {
    const open = await panel.open();
    const found = await providerOf(open, given(providerName));
    if (!found.ok) return found;
    const provider = found.value;
    const fetched = await fetchBalance(open.ctx, provider);
    if (!fetched.ok) return refuse(fetched.refusal);
    const { balance, currency } = fetched.value;
    const expected = provider.currency ?? (await readSettings(open.ctx.db)).currency;
    const isLow = provider.lowBalance !== undefined && balance < provider.lowBalance;
    const other = otherCurrency(provider, currency, expected);
    if (isLow) panel.remark(`That is below the mark of ${money(provider.lowBalance ?? 0n)}.`);
    if (other !== undefined) {
      panel.remark(
        `It counts in ${other.said}, but is set up in ${other.expected}: correct it with provider ` +
          "set --currency and --exchange-rate, or its costs are wrong.",
      );
    }
    return answer(
      {
        provider: provider.id,
        balance: money(balance),
        currency: currency ?? null,
        low: isLow,
        currency_differs: other !== undefined,
      },
      `${provider.name}: ${money(balance)} ${currency ?? expected}`,
    );
  },
};

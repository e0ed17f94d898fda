import type { Context } from "#database/context.ts";
import { readSettings } from "#settings/settings.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { Finding, Probe } from "#providers/connector.ts";
import { otherCurrency } from "#providers/currency.ts";
import type { CurrencyDoubt } from "#providers/currency.ts";
import { findConnector } from "#providers/connectors/index.ts";
import { openCall } from "#providers/open-call.ts";
import { setProviderBalance } from "#providers/provider-states.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";

export type TryProviderRefusal = {
  readonly code: "provider_calls_nobody";
  readonly connector: string;
};

/** Finds out by harmless questions whether a provider can be used as it is set up, and how it speaks. */
export async function tryProvider(
  ctx: Context,
  provider: Provider,
): Promise<Result<Probe, TryProviderRefusal>> {
  const probe = findConnector(provider.connector)?.probe;
  if (probe === undefined) {
    return refused({ code: "provider_calls_nobody", connector: provider.connector });
  }
  const found = await probe.probe(await openCall(ctx, provider));
  const { balance } = found;
  if (balance === undefined) return ok(found);
  await setProviderBalance(ctx.db, provider.id, balance);
  const findings = [...found.findings];
  const { currency: panelCurrency } = await readSettings(ctx.db);
  const other = otherCurrency(provider, balance.currency, panelCurrency);
  if (other !== undefined) findings.push(otherFinding(other));
  if (provider.lowBalance !== undefined && balance.balance < provider.lowBalance) {
    findings.push({ subject: "balance", is: "note", text: "It is below the low-balance mark." });
  }
  return ok({ ...found, findings });
}

function otherFinding({ said, expected }: CurrencyDoubt): Finding {
  const text =
    `It counts in ${said}, but is set up in ${expected}: say --currency ${said} and ` +
    `--exchange-rate, or --currency ${expected} if its prices are in that all the same. Nothing ` +
    "is imported or synced before.";
  return { subject: "currency", is: "bad", text };
}

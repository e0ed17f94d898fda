import type { Context } from "#database/context.ts";
import { readSettings } from "#settings/settings.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { Finding, Probe } from "./connector.ts";
import { otherCurrency } from "./currency.ts";
import type { CurrencyDoubt } from "./currency.ts";
import { findConnector } from "./connectors/index.ts";
import { openCall } from "./open-call.ts";
import { setProviderBalance } from "./provider-states.sql.ts";
import type { Provider } from "./providers.sql.ts";

export type TestProviderRefusal = {
  readonly code: "provider_calls_nobody";
  readonly connector: string;
};

/** Finds out by harmless questions whether a provider can be used as it is set up, and how it speaks. */
export async function testProvider(
  ctx: Context,
  provider: Provider,
): Promise<Result<Probe, TestProviderRefusal>> {
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

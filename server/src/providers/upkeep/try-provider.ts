import type { Context } from "#database/context.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { Probe } from "#providers/connector.ts";
import { otherCurrency } from "#providers/currency.ts";
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
  actor: Actor,
  provider: Provider,
): Promise<Result<Probe, TryProviderRefusal>> {
  authorize(actor, "providers.write");
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
  if (other !== undefined) findings.push({ is: "bad", what: "other_currency", ...other });
  if (provider.lowBalance !== undefined && balance.balance < provider.lowBalance) {
    findings.push({ is: "note", what: "balance_low" });
  }
  return ok({ ...found, findings });
}

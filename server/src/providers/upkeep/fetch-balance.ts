import type { Context } from "#database/context.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ProviderBalance } from "#providers/connector.ts";
import { findConnector } from "#providers/connectors/index.ts";
import { openCall } from "#providers/open-call.ts";
import type { ProviderFailure } from "#providers/outcome.ts";
import { setProviderBalance } from "#providers/provider-states.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";

export type FetchBalanceRefusal =
  | { readonly code: "provider_without_account"; readonly name: string }
  | { readonly code: "provider_unanswered"; readonly failure: ProviderFailure };

/** Asks a provider for our balance there and stores it. */
export async function fetchBalance(
  ctx: Context,
  provider: Provider,
): Promise<Result<ProviderBalance, FetchBalanceRefusal>> {
  const account = findConnector(provider.connector)?.account;
  if (account === undefined) {
    return refused({ code: "provider_without_account", name: provider.name });
  }
  const said = await account.balance(await openCall(ctx, provider));
  if (!said.ok) return refused({ code: "provider_unanswered", failure: said.refusal });
  await setProviderBalance(ctx.db, provider.id, said.value);
  return ok(said.value);
}

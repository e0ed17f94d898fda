import { brokenConstraint, inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ProviderId } from "#values/ids.ts";
import { findConnector } from "#providers/connectors/index.ts";
import { keyPurpose } from "#providers/open-call.ts";
import { applyProviderTerms, auditedProvider } from "./provider-terms.ts";
import type { ProviderTerms, ProviderTermsRefusal } from "./provider-terms.ts";
import {
  acceptCurrency,
  findProviderState,
  releaseProvider,
} from "#providers/provider-states.sql.ts";
import { findProviderByName, lockProvider, updateProvider } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";

export type ChangeProviderRefusal =
  | ProviderTermsRefusal
  | { readonly code: "provider_unknown"; readonly name: string }
  | { readonly code: "provider_taken"; readonly name: string };

/**
 * Changes how a provider is set up; a new key replaces the old one. Where money is counted
 * differently from now on, `reprice` updates what is sold from the provider, in the same
 * transaction. Locks the provider first.
 */
export async function changeProvider(
  ctx: Context,
  actor: Actor,
  id: ProviderId,
  terms: ProviderTerms,
  reprice: (tx: Tx, id: ProviderId) => Promise<unknown>,
): Promise<Result<Provider, ChangeProviderRefusal>> {
  authorize(actor, "providers.write");
  // The address decides who is told the key.
  if ((terms.key ?? terms.baseUrl) !== undefined) authorize(actor, "providers.keys");
  const { currency: panelCurrency } = await readSettings(ctx.db);
  const secrets = terms.key === undefined ? undefined : await ctx.secrets();
  const taken = { code: "provider_taken", name: terms.name?.trim() ?? "" } as const;
  try {
    return await inTransaction(ctx, async (tx) => {
      const before = await lockProvider(tx, id);
      if (before === undefined) return refused({ code: "provider_unknown", name: String(id) });
      const connector = findConnector(before.connector);
      if (connector === undefined) throw new Error(`no connector is named ${before.connector}`);
      const applied = applyProviderTerms(before, terms, connector, panelCurrency);
      if (!applied.ok) return applied;
      const namesake = await findProviderByName(tx, applied.value.name);
      if (namesake !== undefined && namesake.id !== id) return refused(taken);
      const sealedKey =
        terms.key === undefined ? before.sealedKey : secrets?.seal(keyPurpose(before), terms.key);
      const after = { ...applied.value, sealedKey };
      await updateProvider(tx, after);
      if (terms.key !== undefined || after.baseUrl !== before.baseUrl) await tryAnew(tx, id);
      if (after.exchangeRate !== before.exchangeRate) await reprice(tx, id);
      if ((terms.currency ?? terms.exchangeRate) !== undefined) await acceptCurrency(tx, id);
      await audit(tx, {
        actor,
        action: "provider.set",
        subject: `provider:${id}`,
        before: auditedProvider(before),
        after: {
          ...auditedProvider(after),
          ...(terms.key === undefined ? {} : { key: "changed" }),
        },
      });
      return ok(after);
    });
  } catch (error) {
    if (brokenConstraint(error) !== "providers_name_key") throw error;
    return refused(taken);
  }
}

/** A provider that was held because of its old key or address is tried with the new one. */
async function tryAnew(tx: Tx, id: ProviderId): Promise<void> {
  const { hold } = await findProviderState(tx, id);
  if (hold?.kind === "key" || hold?.kind === "silent") await releaseProvider(tx, id);
}

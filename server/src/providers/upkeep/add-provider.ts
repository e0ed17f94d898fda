import { brokenConstraint, inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ProviderId } from "#values/ids.ts";
import { connectors, findConnector } from "#providers/connectors/index.ts";
import { keyPurpose } from "#providers/open-call.ts";
import { applyProviderTerms, auditedProvider, reservedName } from "./provider-terms.ts";
import type { ProviderTerms, ProviderTermsRefusal } from "./provider-terms.ts";
import {
  findProviderByName,
  insertProvider,
  lockProvider,
  updateProvider,
} from "#providers/providers.sql.ts";

export type AddProviderRefusal =
  | ProviderTermsRefusal
  | { readonly code: "provider_taken"; readonly name: string }
  | {
      readonly code: "connector_unknown";
      readonly connector: string;
      readonly known: readonly string[];
    };

/**
 * Adds a provider, reached through one of the connectors. The key is sealed under the provider's id
 * and is stored nowhere else. Nobody is called.
 */
export async function addProvider(
  ctx: Context,
  actor: Actor,
  input: ProviderTerms & { readonly name: string; readonly connector: string },
): Promise<Result<ProviderId, AddProviderRefusal>> {
  authorize(actor, "providers.write");
  if (input.key !== undefined) authorize(actor, "providers.keys");
  const name = input.name.trim();
  const connector = findConnector(input.connector);
  if (connector === undefined) {
    const known = Object.keys(connectors);
    return refused({ code: "connector_unknown", connector: input.connector, known });
  }
  if (name === "" || name.length > 100) return refused({ code: "provider_name_invalid" });
  const reserved = reservedName(name);
  if (reserved !== undefined) return refused({ code: "provider_name_reserved", name: reserved });
  const { currency: panelCurrency } = await readSettings(ctx.db);
  const secrets = input.key === undefined ? undefined : await ctx.secrets();
  try {
    return await inTransaction(ctx, async (tx) => {
      if ((await findProviderByName(tx, name)) !== undefined) {
        return refused({ code: "provider_taken", name });
      }
      const id = await insertProvider(tx, { name, connector: connector.name, settings: {} });
      const made = await lockProvider(tx, id);
      if (made === undefined) throw new Error(`provider ${id} is gone as soon as it was made`);
      const applied = applyProviderTerms(made, input, connector, panelCurrency);
      if (!applied.ok) return applied;
      const sealedKey =
        input.key === undefined ? undefined : secrets?.seal(keyPurpose(made), input.key);
      const provider = { ...applied.value, sealedKey };
      await updateProvider(tx, provider);
      const after = auditedProvider(provider);
      await audit(tx, { actor, action: "provider.add", subject: `provider:${id}`, after });
      return ok(id);
    });
  } catch (error) {
    if (brokenConstraint(error) !== "providers_name_key") throw error;
    return refused({ code: "provider_taken", name });
  }
}

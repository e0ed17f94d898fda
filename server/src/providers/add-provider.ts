import { brokenConstraint, inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ProviderId } from "#values/ids.ts";
import { connectors, findConnector } from "./connectors/index.ts";
import { findProviderByName, insertProvider } from "./providers.sql.ts";

export type AddProviderRefusal =
  | { readonly code: "provider_name_invalid" }
  | { readonly code: "provider_taken"; readonly name: string }
  | {
      readonly code: "connector_unknown";
      readonly connector: string;
      readonly known: readonly string[];
    };

const nameLengthMax = 100;

/** Adds somebody who delivers, reached through one of the connectors. */
export async function addProvider(
  ctx: Context,
  actor: string,
  input: { readonly name: string; readonly connector: string },
): Promise<Result<ProviderId, AddProviderRefusal>> {
  const name = input.name.trim();
  const { connector } = input;
  if (name === "" || name.length > nameLengthMax) return refused({ code: "provider_name_invalid" });
  if (findConnector(connector) === undefined) {
    return refused({ code: "connector_unknown", connector, known: Object.keys(connectors) });
  }
  try {
    return await inTransaction(ctx, async (tx) => {
      if ((await findProviderByName(tx, name)) !== undefined) {
        return refused({ code: "provider_taken", name });
      }
      const id = await insertProvider(tx, { name, connector, settings: {} });
      const subject = `provider:${id}`;
      await audit(tx, { actor, action: "provider.add", subject, after: { name, connector } });
      return ok(id);
    });
  } catch (error) {
    if (brokenConstraint(error) !== "providers_name_key") throw error;
    return refused({ code: "provider_taken", name });
  }
}

import type { Tx } from "#database/transaction.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { ProviderConnector } from "#providers/connector.ts";
import { findProvider } from "#providers/providers.sql.ts";
import type { ProviderId } from "#values/ids.ts";

/** The providers' connectors, each looked up once for all orders of a transaction. */
export function openConnectors(tx: Tx): (id: ProviderId) => Promise<ProviderConnector | undefined> {
  const known = new Map<ProviderId, ProviderConnector | undefined>();
  return async (id) => {
    if (!known.has(id)) {
      const provider = await findProvider(tx, id);
      known.set(id, provider && findConnector(provider.connector));
    }
    return known.get(id);
  };
}

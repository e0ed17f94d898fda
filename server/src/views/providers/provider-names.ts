import type { Queryable } from "#database/statement.ts";
import { listProviders } from "#providers/providers.sql.ts";
import type { ProviderId } from "#values/ids.ts";

/** The alias of each provider, as people call it. */
export async function aliasesOf(db: Queryable): Promise<ReadonlyMap<ProviderId, string>> {
  return new Map((await listProviders(db)).map(({ id, alias }) => [id, alias]));
}

/** The name of each provider, as commands take it. */
export async function providerNamesOf(db: Queryable): Promise<ReadonlyMap<ProviderId, string>> {
  return new Map((await listProviders(db)).map(({ id, name }) => [id, name]));
}

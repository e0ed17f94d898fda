import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { ProviderId } from "#values/ids.ts";

/** Who delivers: a kind of connector with its settings. */
export type Provider = {
  readonly id: ProviderId;
  readonly name: string;
  /** What staff see in place of the name. */
  readonly alias: string;
  readonly connector: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly isEnabled: boolean;
};

type ProviderRow = {
  id: ProviderId;
  name: string;
  alias: string;
  connector: string;
  settings: Record<string, unknown>;
  status: string;
};

const selectProviders = "select id, name, alias, connector, settings, status from providers";

const listProvidersSql = statement<ProviderRow>(
  "providers.listProviders",
  `${selectProviders} order by id`,
);
const findProviderSql = statement<ProviderRow>(
  "providers.findProvider",
  `${selectProviders} where lower(name) = lower($1::text)`,
);
const findProviderByIdSql = statement<ProviderRow>(
  "providers.findProviderById",
  `${selectProviders} where id = $1::bigint`,
);
const insertProviderSql = statement<{ id: ProviderId }>(
  "providers.insertProvider",
  `insert into providers (name, alias, connector, settings)
   values ($1::text, $2::text, $3::text, $4::jsonb)
   returning id`,
);

function providerFromRow(row: ProviderRow): Provider {
  const { status, ...provider } = row;
  return { ...provider, isEnabled: status === "enabled" };
}

export async function listProviders(db: Queryable): Promise<Provider[]> {
  return (await listProvidersSql.all(db)).map(providerFromRow);
}

export async function findProvider(db: Queryable, id: ProviderId): Promise<Provider | undefined> {
  const row = await findProviderByIdSql.maybe(db, id);
  return row && providerFromRow(row);
}

/** Letter case does not matter. */
export async function findProviderByName(
  db: Queryable,
  name: string,
): Promise<Provider | undefined> {
  const row = await findProviderSql.maybe(db, name);
  return row && providerFromRow(row);
}

export async function insertProvider(
  tx: Tx,
  provider: { name: string; connector: string; settings: Readonly<Record<string, unknown>> },
): Promise<ProviderId> {
  const settings = JSON.stringify(provider.settings);
  return (
    await insertProviderSql.one(tx, provider.name, provider.name, provider.connector, settings)
  ).id;
}

import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, ProviderId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

/** Who delivers: a kind of connector with its settings. */
export type Provider = {
  readonly id: ProviderId;
  readonly name: string;
  /** What staff see in place of the name. */
  readonly alias: string;
  readonly connector: string;
  /** The connector's own settings, such as field names; nothing secret. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly baseUrl: string | undefined;
  /** Opened with `openKey` of `open-call.ts`. */
  readonly sealedKey: string | undefined;
  /** `undefined`: the panel's own. */
  readonly currency: string | undefined;
  /** What one unit of its currency costs in the panel's. */
  readonly exchangeRate: Amount;
  readonly timeoutMs: number;
  readonly requestsPerSecond: number;
  readonly parallelCalls: number;
  /** In its currency. */
  readonly lowBalance: Amount | undefined;
  /** True: it may stand in a private network. */
  readonly isPrivate: boolean;
  readonly isEnabled: boolean;
  /** The ledger's account of what was bought there. */
  readonly accountId: AccountId | undefined;
};

type ProviderRow = {
  id: ProviderId;
  name: string;
  alias: string;
  connector: string;
  settings: Record<string, unknown>;
  base_url: string | null;
  sealed_key: string | null;
  currency: string | null;
  exchange_rate: string;
  timeout_ms: number;
  requests_per_second: number;
  parallel_calls: number;
  low_balance: string | null;
  is_private: boolean;
  status: string;
  account_id: AccountId | null;
};

const selectProviders = `
  select id, name, alias, connector, settings, base_url, sealed_key, currency, exchange_rate,
         timeout_ms, requests_per_second, parallel_calls, low_balance, is_private, status,
         account_id
    from providers`;

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
const lockProviderSql = statement<ProviderRow>(
  "providers.lockProvider",
  `${selectProviders} where id = $1::bigint for no key update`,
);

function providerFromRow(row: ProviderRow): Provider {
  return {
    id: row.id,
    name: row.name,
    alias: row.alias,
    connector: row.connector,
    settings: row.settings,
    baseUrl: row.base_url ?? undefined,
    sealedKey: row.sealed_key ?? undefined,
    currency: row.currency ?? undefined,
    exchangeRate: amountFromDecimal(row.exchange_rate),
    timeoutMs: row.timeout_ms,
    requestsPerSecond: row.requests_per_second,
    parallelCalls: row.parallel_calls,
    lowBalance: row.low_balance === null ? undefined : amountFromDecimal(row.low_balance),
    isPrivate: row.is_private,
    isEnabled: row.status === "enabled",
    accountId: row.account_id ?? undefined,
  };
}

export async function listProviders(db: Queryable): Promise<Provider[]> {
  return (await listProvidersSql.all(db)).map(providerFromRow);
}

export async function findProvider(db: Queryable, id: ProviderId): Promise<Provider | undefined> {
  const row = await findProviderByIdSql.maybe(db, id);
  return row && providerFromRow(row);
}

/** Locks how a provider is set up until the transaction ends. */
export async function lockProvider(tx: Tx, id: ProviderId): Promise<Provider | undefined> {
  const row = await lockProviderSql.maybe(tx, id);
  return row && providerFromRow(row);
}

/** Finds a provider by name; letter case does not matter. */
export async function findProviderByName(
  db: Queryable,
  name: string,
): Promise<Provider | undefined> {
  const row = await findProviderSql.maybe(db, name);
  return row && providerFromRow(row);
}

const insertProviderSql = statement<{ id: ProviderId }>(
  "providers.insertProvider",
  `insert into providers (name, alias, connector, settings)
   values ($1::text, $2::text, $3::text, $4::jsonb)
   returning id`,
);
const insertStateSql = statement(
  "providers.insertState",
  "insert into provider_states (provider_id) values ($1::bigint)",
);

/** Inserts a provider with defaults for everything else, which `updateProvider` sets. */
export async function insertProvider(
  tx: Tx,
  provider: { name: string; connector: string; settings: Readonly<Record<string, unknown>> },
): Promise<ProviderId> {
  const settings = JSON.stringify(provider.settings);
  const { id } = await insertProviderSql.one(
    tx,
    provider.name,
    provider.name,
    provider.connector,
    settings,
  );
  await insertStateSql.run(tx, id);
  return id;
}

const updateProviderSql = statement(
  "providers.updateProvider",
  `update providers
      set name = $2::text, alias = $3::text, settings = $4::jsonb, base_url = $5::text,
          sealed_key = $6::text, currency = $7::text, exchange_rate = $8::numeric,
          timeout_ms = $9::integer, requests_per_second = $10::double precision,
          parallel_calls = $11::integer, low_balance = $12::numeric, is_private = $13::boolean,
          status = $14::text, connector = $15::text
    where id = $1::bigint`,
);

/** Writes how a locked provider is set up. Only `setProviderAccount` sets its account. */
export async function updateProvider(tx: Tx, provider: Provider): Promise<void> {
  await updateProviderSql.run(
    tx,
    provider.id,
    provider.name,
    provider.alias,
    JSON.stringify(provider.settings),
    provider.baseUrl,
    provider.sealedKey,
    provider.currency,
    decimalFromAmount(provider.exchangeRate),
    provider.timeoutMs,
    provider.requestsPerSecond,
    provider.parallelCalls,
    provider.lowBalance === undefined ? null : decimalFromAmount(provider.lowBalance),
    provider.isPrivate,
    provider.isEnabled ? "enabled" : "disabled",
    provider.connector,
  );
}

const setAccountSql = statement(
  "providers.setAccount",
  "update providers set account_id = $2::bigint where id = $1::bigint and account_id is null",
);

/** Gives a locked provider its account in the ledger, once. */
export async function setProviderAccount(
  tx: Tx,
  id: ProviderId,
  accountId: AccountId,
): Promise<void> {
  await setAccountSql.run(tx, id, accountId);
}

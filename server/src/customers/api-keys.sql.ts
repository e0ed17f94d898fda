import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, ApiKeyId } from "#values/ids.ts";
import type { ApiKey, ApiKeyScope } from "./api-key.ts";

type ApiKeyRow = {
  key_hash: string;
  id: ApiKeyId;
  account_id: AccountId;
  version: number;
  scopes: ApiKeyScope[];
  dialect: string | null;
  ip_allow: string[];
  rate_limit: number | null;
  customer_status: string;
  is_test: boolean;
  price_version: number;
};

const findApiKeysSql = statement<ApiKeyRow>(
  "customers.findApiKeys",
  `select encode(k.key_hash, 'hex') as key_hash, k.id, k.account_id, k.version, k.scopes, k.dialect, k.ip_allow, k.rate_limit,
          c.status as customer_status, c.test_of is not null as is_test, c.price_version
     from api_keys k
     join customers c on c.account_id = k.account_id
    where k.key_hash = any (array(select decode(h, 'hex') from unnest($1::text[]) h))
      and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > panel_now())`,
);

/** Finds keys by their SHA-256 (hexadecimal), except those revoked or expired. */
export async function findApiKeys(
  db: Queryable,
  keyHashes: readonly string[],
): Promise<ReadonlyMap<string, ApiKey>> {
  const rows = await findApiKeysSql.all(db, keyHashes);
  return new Map(
    rows.map((row): [string, ApiKey] => [
      row.key_hash,
      {
        id: row.id,
        accountId: row.account_id,
        version: row.version,
        scopes: row.scopes,
        dialect: row.dialect ?? undefined,
        ipAllow: row.ip_allow,
        rateLimit: row.rate_limit ?? undefined,
        isCustomerActive: row.customer_status === "active",
        isTest: row.is_test,
        priceVersion: row.price_version,
      },
    ]),
  );
}

const listKeyPrintsSql = statement<{ last: ApiKeyId | null; prints: string | null }>(
  "customers.listKeyPrints",
  `select max(id) as last, string_agg(left(encode(key_hash, 'hex'), 13), '') as prints
     from (select id, key_hash from api_keys where id > $1::bigint order by id limit 10000) k`,
);

/**
 * The first 52 bits of the SHA-256 of up to 10,000 keys after this id (0: from the first), revoked
 * and expired ones included; `undefined` where there are none.
 */
export async function listKeyPrints(
  db: Queryable,
  afterId: number,
): Promise<{ last: ApiKeyId; prints: string } | undefined> {
  const { last, prints } = await listKeyPrintsSql.one(db, afterId);
  return last === null || prints === null ? undefined : { last, prints };
}

const insertApiKeySql = statement<{ id: ApiKeyId }>(
  "customers.insertApiKey",
  `insert into api_keys (account_id, key_hash, hint, name, scopes, dialect, ip_allow, rate_limit,
                         expires_at)
   values ($1::bigint, decode($2::text, 'hex'), $3::text, $4::text, $5::text[], $6::text,
           $7::text[], $8::integer, $9::timestamptz)
   returning id`,
);

/** What an operator decides about a key. */
export type ApiKeyTerms = {
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
  readonly dialect: string | undefined;
  readonly ipAllow: readonly string[];
  readonly rateLimit: number | undefined;
  readonly expiresAt: Date | undefined;
};

export async function insertApiKey(
  tx: Tx,
  accountId: AccountId,
  keyHash: string,
  hint: string,
  terms: ApiKeyTerms,
): Promise<ApiKeyId> {
  const row = await insertApiKeySql.one(
    tx,
    accountId,
    keyHash,
    hint,
    terms.name,
    terms.scopes,
    terms.dialect,
    terms.ipAllow,
    terms.rateLimit,
    terms.expiresAt,
  );
  return row.id;
}

export type ApiKeyListRow = {
  readonly id: ApiKeyId;
  readonly account_id: AccountId;
  /** The customer's address, also for a test key. */
  readonly email: string;
  readonly is_test: boolean;
  readonly hint: string;
  readonly name: string;
  readonly scopes: ApiKeyScope[];
  readonly dialect: string | null;
  readonly ip_allow: string[];
  readonly rate_limit: number | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
  readonly created_at: Date;
};

const selectApiKeys = `
  select k.id, k.account_id, owner.email, c.test_of is not null as is_test, k.hint, k.name, k.scopes,
         k.dialect, k.ip_allow, k.rate_limit, k.expires_at, k.revoked_at, k.last_used_at, k.created_at
    from api_keys k
    join customers c on c.account_id = k.account_id
    join customers owner on owner.account_id = coalesce(c.test_of, c.account_id)`;

const listApiKeysSql = statement<ApiKeyListRow>(
  "customers.listApiKeys",
  `${selectApiKeys}
    where $1::bigint is null or owner.account_id = $1::bigint
    order by k.id
    limit $2::integer`,
);
const lockApiKeySql = statement<ApiKeyListRow>(
  "customers.lockApiKey",
  `${selectApiKeys} where k.id = $1::bigint for update of k`,
);
const findApiKeyIdSql = statement<{ id: ApiKeyId }>(
  "customers.findApiKeyId",
  "select id from api_keys where key_hash = decode($1::text, 'hex')",
);

/** Lists the keys of one customer (test keys too) or of all, revoked ones included. */
export function listApiKeys(
  db: Queryable,
  limit: number,
  accountId?: AccountId,
): Promise<ApiKeyListRow[]> {
  return listApiKeysSql.all(db, accountId, limit);
}

export function lockApiKey(tx: Tx, id: ApiKeyId): Promise<ApiKeyListRow | undefined> {
  return lockApiKeySql.maybe(tx, id);
}

/** Finds the id of a key, usable or not, by its SHA-256 (hexadecimal). */
export async function findApiKeyId(db: Queryable, keyHash: string): Promise<ApiKeyId | undefined> {
  return (await findApiKeyIdSql.maybe(db, keyHash))?.id;
}

const updateApiKeySql = statement(
  "customers.updateApiKey",
  `update api_keys
      set name = $2::text, scopes = $3::text[], dialect = $4::text, ip_allow = $5::text[],
          rate_limit = $6::integer, expires_at = $7::timestamptz, version = version + 1
    where id = $1::bigint`,
);

/**
 * Changes a key. Every process reads the key again before its next order or look-up, because its
 * version moved.
 */
export async function updateApiKey(tx: Tx, id: ApiKeyId, terms: ApiKeyTerms): Promise<void> {
  await updateApiKeySql.run(
    tx,
    id,
    terms.name,
    terms.scopes,
    terms.dialect,
    terms.ipAllow,
    terms.rateLimit,
    terms.expiresAt,
  );
}

const revokeApiKeySql = statement(
  "customers.revokeApiKey",
  `update api_keys
      set revoked_at = coalesce(revoked_at, panel_now()), version = version + 1
    where id = $1::bigint`,
);

export async function revokeApiKey(tx: Tx, id: ApiKeyId): Promise<void> {
  await revokeApiKeySql.run(tx, id);
}

const touchApiKeysSql = statement(
  "customers.touchApiKeys",
  "update api_keys set last_used_at = panel_now() where id = any ($1::bigint[])",
);

/** Notes that the keys were used; called about once a minute for each key, not for each request. */
export async function touchApiKeys(db: Queryable, ids: readonly ApiKeyId[]): Promise<void> {
  await touchApiKeysSql.run(db, ids);
}

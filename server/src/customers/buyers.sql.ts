import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { AccountId, ApiKeyId } from "#values/ids.ts";

/** Who buys: an API key, or (without an id) the panel's staff on behalf of a customer. */
export type Buyer = {
  readonly accountId: AccountId;
  readonly id: ApiKeyId | undefined;
  readonly version: number | undefined;
  readonly isTest: boolean;
};

const checkBuyerSql = statement<{ is_alive: boolean; is_active: boolean }>(
  "customers.checkBuyer",
  `select c.status = 'active' as is_active,
          $2::bigint is null or exists (
            select from api_keys k
             where k.id = $2::bigint and k.account_id = c.account_id and k.version = $3::bigint
               and k.revoked_at is null
               and (k.expires_at is null or k.expires_at > panel_now())) as is_alive
     from customers c
    where c.account_id = $1::bigint`,
);

/**
 * Whether the buyer may buy at this moment: `key` where the key was changed, was revoked or has
 * expired, `inactive` for a suspended customer. Asked under the account's lock, it sees every change
 * of the customer that was committed before, so no purchase slips in after one.
 */
export async function checkBuyer(db: Queryable, buyer: Buyer): Promise<"ok" | "key" | "inactive"> {
  const row = await checkBuyerSql.maybe(db, buyer.accountId, buyer.id, buyer.version);
  if (row === undefined || !row.is_active) return row?.is_alive === false ? "key" : "inactive";
  return row.is_alive ? "ok" : "key";
}

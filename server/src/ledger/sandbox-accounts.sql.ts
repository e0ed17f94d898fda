import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { AccountId } from "#values/ids.ts";

const listTestAccountsSql = statement<{ id: AccountId }>(
  "ledger.listTestAccounts",
  "select id from accounts where id = any ($1::bigint[]) and kind = 'test' order by id",
);

/** Those of the accounts whose money and orders are play. */
export async function listTestAccounts(
  db: Queryable,
  ids: readonly AccountId[],
): Promise<ReadonlySet<AccountId>> {
  return new Set((await listTestAccountsSql.all(db, ids)).map(({ id }) => id));
}

/** True where the account's money and orders are play. */
export async function isTestAccount(db: Queryable, id: AccountId): Promise<boolean> {
  return (await listTestAccounts(db, [id])).has(id);
}

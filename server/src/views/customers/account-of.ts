import { findSandboxAccount } from "#customers/sandbox-account.sql.ts";
import type { Queryable } from "#database/statement.ts";
import type { AccountId } from "#values/ids.ts";

/**
 * The account whose orders are meant: the customer's own, or the one that their test keys buy from.
 */
export async function accountOf(
  db: Queryable,
  {
    customerId,
    isTest,
  }: { readonly customerId?: AccountId | undefined; readonly isTest?: boolean | undefined },
): Promise<AccountId | undefined> {
  if (customerId === undefined || isTest !== true) return customerId;
  // Without a test key there is nothing to find. Their own orders are not test orders.
  return (await findSandboxAccount(db, customerId)) ?? customerId;
}

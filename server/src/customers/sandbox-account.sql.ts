import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId } from "#values/ids.ts";

const lockCustomerSql = statement(
  "customers.lockCustomer",
  "select 1 from customers where account_id = $1::bigint and test_of is null for update",
);

/** Locks the customer's terms, so that a test account is made once and with the present terms. */
export async function lockCustomer(tx: Tx, id: AccountId): Promise<void> {
  await lockCustomerSql.run(tx, id);
}

const findTestAccountSql = statement<{ account_id: AccountId }>(
  "customers.findSandboxAccount",
  "select account_id from customers where test_of = $1::bigint",
);

/**
 * The account that a customer's test keys buy from; `undefined` where there never was a test key.
 */
export async function findSandboxAccount(
  db: Queryable,
  customerId: AccountId,
): Promise<AccountId | undefined> {
  return (await findTestAccountSql.maybe(db, customerId))?.account_id;
}

const insertTestAccountSql = statement(
  "customers.insertSandboxAccount",
  `insert into customers (account_id, status, discount_percent, test_of)
   select $2::bigint, status, discount_percent, account_id
     from customers
    where account_id = $1::bigint`,
);

/** Gives an account of kind `test` to a customer, with the customer's terms. */
export async function insertSandboxAccount(
  tx: Tx,
  customerId: AccountId,
  accountId: AccountId,
): Promise<void> {
  await insertTestAccountSql.run(tx, customerId, accountId);
}

const findHolderSql = statement<{ email: string; is_test: boolean }>(
  "customers.findHolder",
  `select owner.email, c.test_of is not null as is_test
     from customers c
     join customers owner on owner.account_id = coalesce(c.test_of, c.account_id)
    where c.account_id = $1::bigint`,
);

/** Finds whose account it is; `isTest` where it is a test account. */
export async function findHolder(
  db: Queryable,
  id: AccountId,
): Promise<{ readonly email: string; readonly isTest: boolean } | undefined> {
  const row = await findHolderSql.maybe(db, id);
  return row && { email: row.email, isTest: row.is_test };
}

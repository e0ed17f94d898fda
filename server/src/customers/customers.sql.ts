import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Customer } from "./customer.ts";

type CustomerRow = {
  account_id: AccountId;
  email: string;
  status: string;
  discount_percent: string;
  price_version: number;
  balance_floor: string;
  balance: string;
  created_at: Date;
};

const selectCustomers = `
  select c.account_id, c.email, c.status, c.discount_percent, c.price_version, c.created_at,
         a.balance_floor,
         coalesce((select p.balance_after
                     from postings p
                    where p.account_id = c.account_id
                    order by p.seq desc
                    limit 1), 0) as balance
    from customers c
    join accounts a on a.id = c.account_id`;

function customerFromRow(row: CustomerRow): Customer {
  return {
    accountId: row.account_id,
    email: row.email,
    isActive: row.status === "active",
    discountPercent: amountFromDecimal(row.discount_percent),
    floor: amountFromDecimal(row.balance_floor),
    balance: amountFromDecimal(row.balance),
    priceVersion: row.price_version,
    createdAt: row.created_at,
  };
}

// A test account is not a customer: it is found through the customer that it belongs to.
const findCustomerSql = statement<CustomerRow>(
  "customers.findCustomer",
  `${selectCustomers} where c.account_id = $1::bigint and c.test_of is null`,
);
const findCustomerByEmailSql = statement<CustomerRow>(
  "customers.findCustomerByEmail",
  `${selectCustomers} where lower(c.email) = lower($1::text)`,
);
const listCustomersSql = statement<CustomerRow>(
  "customers.listCustomers",
  `${selectCustomers}
    where c.account_id > $1::bigint and c.test_of is null
    order by c.account_id
    limit $2::integer`,
);

export async function findCustomer(db: Queryable, id: AccountId): Promise<Customer | undefined> {
  const row = await findCustomerSql.maybe(db, id);
  return row && customerFromRow(row);
}

/** Finds a customer; letter case does not matter. */
export async function findCustomerByEmail(
  db: Queryable,
  email: string,
): Promise<Customer | undefined> {
  const row = await findCustomerByEmailSql.maybe(db, email);
  return row && customerFromRow(row);
}

/** Lists customers in the order of their ids, after `afterId` (0: from the start). */
export async function listCustomers(
  db: Queryable,
  limit: number,
  afterId: number,
): Promise<Customer[]> {
  return (await listCustomersSql.all(db, afterId, limit)).map(customerFromRow);
}

const insertCustomerSql = statement(
  "customers.insertCustomer",
  "insert into customers (account_id, email) values ($1::bigint, $2::text)",
);

/** Inserts a customer. Fails on the constraint `customers_email` where the address is taken. */
export async function insertCustomer(tx: Tx, accountId: AccountId, email: string): Promise<void> {
  await insertCustomerSql.run(tx, accountId, email);
}

/** What determines the prices that a buyer pays; a test account has those of its customer. */
export type PriceTerms = {
  readonly discountPercent: Amount;
  readonly priceVersion: number;
  /** Whose custom rates apply. */
  readonly ratesOf: AccountId;
};

const findPriceTermsSql = statement<{
  discount_percent: string;
  price_version: number;
  rates_of: AccountId;
}>(
  "customers.findPriceTerms",
  `select discount_percent, price_version, coalesce(test_of, account_id) as rates_of
     from customers
    where account_id = $1::bigint`,
);

/** For a customer or a test account. */
export async function findPriceTerms(
  db: Queryable,
  id: AccountId,
): Promise<PriceTerms | undefined> {
  const row = await findPriceTermsSql.maybe(db, id);
  return (
    row && {
      discountPercent: amountFromDecimal(row.discount_percent),
      priceVersion: row.price_version,
      ratesOf: row.rates_of,
    }
  );
}

const updateCustomerSql = statement(
  "customers.updateCustomer",
  `update customers
      set status = $2::text,
          discount_percent = $3::numeric,
          price_version = price_version + (discount_percent <> $3::numeric)::integer
    where account_id = $1::bigint or test_of = $1::bigint`,
);

/**
 * Updates a customer. Raises the price version where the discount changes, so that no order takes
 * the old price. The customer's test account follows.
 */
export async function updateCustomer(
  tx: Tx,
  id: AccountId,
  change: { isActive: boolean; discountPercent: Amount },
): Promise<void> {
  await updateCustomerSql.run(
    tx,
    id,
    change.isActive ? "active" : "suspended",
    decimalFromAmount(change.discountPercent),
  );
}

const raisePriceVersionSql = statement(
  "customers.raisePriceVersion",
  `update customers
      set price_version = price_version + 1
    where account_id = $1::bigint or test_of = $1::bigint`,
);

/** Says that the customer's own rates changed in this transaction. */
export async function raisePriceVersion(tx: Tx, id: AccountId): Promise<void> {
  await raisePriceVersionSql.run(tx, id);
}

import type { Tx } from "#database/transaction.ts";
import { holdCurrency, insertAccount, lockAccount } from "#ledger/ledger.sql.ts";
import { bonus } from "#ledger/movements/bonus.ts";
import { readSettings } from "#settings/settings.ts";
import type { AccountId } from "#values/ids.ts";
import { amountFromDecimal, subtract, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { findSandboxAccount, insertSandboxAccount, lockCustomer } from "./sandbox-account.sql.ts";

/** What a test account is given to play with, in the panel's currency. */
const playMoney: Amount = amountFromDecimal("1000000");

/**
 * The account that the customer's test keys buy from, made with the first of them. Every new test
 * key tops up its play money. Locks the customer, then the account.
 */
export async function openSandboxAccount(tx: Tx, customerId: AccountId): Promise<AccountId> {
  await lockCustomer(tx, customerId);
  const accountId =
    (await findSandboxAccount(tx, customerId)) ?? (await addAccount(tx, customerId));
  const account = await lockAccount(tx, accountId);
  if (account === undefined) throw new Error(`the test account ${accountId} is missing`);
  const missing = subtract(playMoney, account.balance);
  if (missing > zero) {
    const given = await bonus(tx, {
      accountId,
      amount: missing,
      idempotencyKey: `play:${account.seq + 1}`,
      note: "Play money",
    });
    if (!given.ok) throw new Error(`play money was refused: ${given.refusal.code}`);
  }
  return accountId;
}

async function addAccount(tx: Tx, customerId: AccountId): Promise<AccountId> {
  await holdCurrency(tx);
  const { currency } = await readSettings(tx);
  const accountId = await insertAccount(tx, currency, zero, "test");
  await insertSandboxAccount(tx, customerId, accountId);
  return accountId;
}

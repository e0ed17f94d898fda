import { inTransaction, brokenConstraint } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import { holdCurrency, insertAccount } from "#ledger/ledger.sql.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId } from "#values/ids.ts";
import { zero } from "#values/money.ts";
import { parseEmail } from "./customer.ts";
import { insertCustomer } from "./customers.sql.ts";

export type CreateCustomerRefusal =
  | { readonly code: "email_invalid"; readonly email: string }
  | { readonly code: "email_taken"; readonly email: string };

/** Opens an account with balance 0 in the panel's currency. */
export async function createCustomer(
  ctx: Context,
  actor: Actor,
  input: { readonly email: string },
): Promise<Result<AccountId, CreateCustomerRefusal>> {
  authorize(actor, "customers.write");
  const email = parseEmail(input.email);
  if (email === undefined) return refused({ code: "email_invalid", email: input.email });
  try {
    return await inTransaction(ctx, async (tx) => {
      await holdCurrency(tx);
      const { currency } = await readSettings(tx);
      const accountId = await insertAccount(tx, currency, zero);
      await insertCustomer(tx, accountId, email);
      const subject = `customer:${accountId}`;
      await audit(tx, { actor, action: "customer.create", subject, after: { email } });
      return ok(accountId);
    });
  } catch (error) {
    if (brokenConstraint(error) !== "customers_email") throw error;
    return refused({ code: "email_taken", email });
  }
}

import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import { lockAccount, updateFloor } from "#ledger/ledger.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId } from "#values/ids.ts";
import { formatAmount, unitsPerOne, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Customer } from "./customer.ts";
import { findCustomer, updateCustomer } from "./customers.sql.ts";

/** What is left out stays as it is. */
export type CustomerChange = {
  /** How far the balance may go down: zero or negative. */
  readonly floor?: Amount | undefined;
  /** Per cent on the scale of `Amount`, 0 to 100. */
  readonly discountPercent?: Amount | undefined;
  readonly isActive?: boolean | undefined;
  /** Why; for the audit. */
  readonly reason?: string | undefined;
};

export type ChangeCustomerRefusal =
  | { readonly code: "customer_unknown" }
  | { readonly code: "floor_invalid" }
  | { readonly code: "discount_invalid" };

/**
 * Changes an operator's terms for a customer. A floor above the present balance is allowed: it
 * stops further debits and moves no money. Locks the account, as every debit does, so that no debit
 * under way passes the new floor.
 */
export async function changeCustomer(
  ctx: Context,
  actor: Actor,
  id: AccountId,
  change: CustomerChange,
): Promise<Result<Customer, ChangeCustomerRefusal>> {
  authorize(actor, "customers.write");
  if (change.floor !== undefined) authorize(actor, "customers.credit");
  if (change.discountPercent !== undefined) authorize(actor, "customers.price");
  return inTransaction(ctx, async (tx) => {
    const account = await lockAccount(tx, id);
    const before = account && (await findCustomer(tx, id));
    if (before === undefined) return refused({ code: "customer_unknown" });
    const after: Customer = {
      ...before,
      floor: change.floor ?? before.floor,
      discountPercent: change.discountPercent ?? before.discountPercent,
      isActive: change.isActive ?? before.isActive,
    };
    if (after.floor > zero) return refused({ code: "floor_invalid" });
    if (after.discountPercent < zero || after.discountPercent > 100n * unitsPerOne) {
      return refused({ code: "discount_invalid" });
    }
    if (after.floor !== before.floor) await updateFloor(tx, id, after.floor);
    await updateCustomer(tx, id, after);
    await audit(tx, {
      actor,
      action: "customer.change",
      subject: `customer:${id}`,
      before: auditedTerms(before),
      after: auditedTerms(after),
      reason: change.reason,
    });
    return ok(after);
  });
}

function auditedTerms(customer: Customer): Readonly<Record<string, unknown>> {
  return {
    floor: formatAmount(customer.floor, 2),
    discountPercent: formatAmount(customer.discountPercent, 0),
    status: customer.isActive ? "active" : "suspended",
  };
}

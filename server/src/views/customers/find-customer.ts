import type { Customer } from "#customers/customer.ts";
import { findCustomerByEmail } from "#customers/customers.sql.ts";
import type { Context } from "#database/context.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";

/** The customer with an address, for edges where people give an address to mean a customer. */
export async function customerNamed(
  ctx: Context,
  actor: Actor,
  email: string,
): Promise<Customer | undefined> {
  authorize(actor, "customers.read");
  authorize(actor, "customers.email");
  return findCustomerByEmail(ctx.db, email.trim());
}

import type { Customer } from "#customers/customer.ts";
import type { Sight } from "#views/sight.ts";
import { money, percent } from "#views/spelling.ts";

export type CustomerRecord = ReturnType<typeof customerRecord>;

/** A customer as staff see them; `currency` is the panel's. */
export function customerRecord(
  customer: Omit<Customer, "priceVersion">,
  currency: string,
  sight: Sight,
) {
  return {
    customer: customer.accountId,
    ...(sight.email && { email: customer.email }),
    balance: money(customer.balance),
    currency,
    floor: money(customer.floor),
    discount_percent: percent(customer.discountPercent),
    status: customer.isActive ? "active" : "suspended",
    created: customer.createdAt,
  };
}

import type { Actor } from "#values/actor.ts";
import { isAllowed } from "#values/authorize.ts";

/** Which columns an actor sees. The others are left out of every record, not shown empty. */
export type Sight = {
  /** What orders and services cost at their providers. */
  readonly cost: boolean;
  readonly profit: boolean;
  /** Where orders and services go, and their numbers there. */
  readonly provider: boolean;
  readonly email: boolean;
  /** Network addresses. */
  readonly address: boolean;
};

export function sightOf(actor: Actor): Sight {
  return {
    cost: isAllowed(actor, "orders.cost"),
    profit: isAllowed(actor, "reports.profit"),
    provider: isAllowed(actor, "orders.provider"),
    email: isAllowed(actor, "customers.email"),
    address: isAllowed(actor, "customers.address"),
  };
}

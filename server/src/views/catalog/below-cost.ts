import { listBelowCost } from "#catalog/list-below-cost.ts";
import type { Context } from "#database/context.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { sightOf } from "#views/sight.ts";
import { money, moneyOrNull } from "#views/spelling.ts";

/**
 * Who buys what below its cost, or below the margin on it. The list price comes first, then
 * customers.
 */
export async function viewBelowCost(ctx: Context, actor: Actor, query: { readonly limit: number }) {
  authorize(actor, "services.read");
  // The list consists of costs: without them there is nothing to show.
  authorize(actor, "orders.cost");
  const sight = sightOf(actor);
  return (await listBelowCost(ctx, query.limit)).map((found) => ({
    // Null: everybody who pays the list price.
    customer: found.customer?.accountId ?? null,
    ...(sight.email && { email: found.customer?.email ?? null }),
    service: found.service.id,
    name: found.service.name,
    agreed: money(found.agreed),
    cost: money(found.cost),
    floor: money(found.floor),
    pays: moneyOrNull(found.pays),
    below: found.agreed < found.cost ? "cost" : "margin",
  }));
}

import type { Context } from "#database/context.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { readTimeline } from "#orders/reports/timeline.ts";
import type { TimelineEntry } from "#orders/reports/timeline.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { OrderId } from "#values/ids.ts";
import { aliasesOf } from "#views/providers/provider-names.ts";
import { sightOf } from "#views/sight.ts";

/** Kinds of entries whose words name the provider, or say what it charges. */
const ofProviders: readonly TimelineEntry["kind"][] = ["attempt", "call", "desk"];

/**
 * Everything that happened to an order, oldest first, with providers by their aliases. Actors who
 * may not see providers and costs get the entries without them. `undefined` where there is no such
 * order.
 */
export async function viewTimeline(
  ctx: Context,
  actor: Actor,
  id: OrderId,
): Promise<readonly TimelineEntry[] | undefined> {
  authorize(actor, "orders.read");
  const sight = sightOf(actor);
  const order = await findOrder(ctx.db, id);
  if (order === undefined) return undefined;
  const aliases = await aliasesOf(ctx.db);
  const byText = new Map([...aliases].map(([provider, alias]) => [`provider:${provider}`, alias]));
  const entries = await readTimeline(ctx.db, order);
  if (sight.provider && sight.cost) {
    return entries.map((entry) => ({ ...entry, who: byText.get(entry.who) ?? entry.who }));
  }
  return entries
    .filter(({ kind }) => !ofProviders.includes(kind))
    .map((entry) => (byText.has(entry.who) ? { ...entry, who: "provider" } : entry));
}

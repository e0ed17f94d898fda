import type { Context } from "#database/context.ts";
import { countOpenDeskEntries, listOpenDeskEntries } from "#orders/desk.sql.ts";
import type { DeskReason } from "#orders/desk.sql.ts";
import { listOrdersByKey } from "#orders/orders.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { aliasesOf } from "#views/providers/provider-names.ts";
import { sightOf } from "#views/sight.ts";

/** How many orders wait for staff, by reason, and the oldest of them. */
export async function viewDesk(
  ctx: Context,
  actor: Actor,
  query: { readonly reason?: DeskReason | undefined; readonly limit: number },
) {
  authorize(actor, "orders.read");
  const sight = sightOf(actor);
  const counts = await countOpenDeskEntries(ctx.db);
  const entries = await listOpenDeskEntries(ctx.db, query.limit, query.reason);
  const keys = entries.map((entry) => ({
    accountId: entry.account_id,
    orderId: entry.order_id,
  }));
  const aliases = await aliasesOf(ctx.db);
  const providers = new Map(
    (await listOrdersByKey(ctx.db, keys)).map((order) => [
      order.id,
      aliases.get(order.providerId) ?? null,
    ]),
  );
  return {
    counts: counts.map(({ reason, entries: count }) => ({ reason, entries: count })),
    entries: entries.map((entry) => ({
      order: entry.order_id,
      customer: entry.account_id,
      reason: entry.reason,
      ...(sight.provider && { provider: providers.get(entry.order_id) ?? null }),
      since: entry.opened_at,
      ...(sight.provider && sight.cost && { facts: entry.note }),
    })),
  };
}

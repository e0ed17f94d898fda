import type { Context } from "#database/context.ts";
import { settleOrder } from "#orders/dispatch/settle-order.ts";
import { commandLineActor } from "#values/actor.ts";
import type { OrderId, ProviderId } from "#values/ids.ts";
import type { World } from "./world.ts";

/** An attempt of unknown outcome. */
export type UnknownTry = {
  readonly order_id: OrderId;
  readonly provider_id: ProviderId;
  readonly provider_service: string | null;
  readonly request_id: string;
  readonly link: string;
};

/** Attempts of unknown outcome on the desk, oldest first. */
export async function listUnknown(ctx: Context, limit: number): Promise<UnknownTry[]> {
  const { rows } = await ctx.db.query<UnknownTry>(
    `select a.order_id, a.provider_id, a.provider_service, a.request_id, o.link
       from attempts a
       join orders o on o.account_id = a.account_id and o.id = a.order_id
      where a.outcome = 'unknown' and a.settled_as is null
      order by a.order_id, a.number
      limit $1`,
    [limit],
  );
  return rows;
}

/** Settles as staff with access to the provider's books would. */
export async function settleHonestly(world: World, unknown: UnknownTry): Promise<string> {
  const { ctx, sly } = world;
  const { order_id: id, provider_id: providerId, provider_service: service } = unknown;
  const book = sly.get(providerId);
  // The sandbox keeps no books and loses nothing.
  const there = book?.ordersFor(unknown.link) ?? [];
  const held = await ctx.db.query<{ provider_order: string }>(
    "select provider_order from attempts where provider_id = $1 and provider_order = any ($2)",
    [providerId, there.map(({ number }) => number)],
  );
  const taken = new Set(held.rows.map((row) => row.provider_order));
  const truth = there.find(
    ({ number, service: sold, requestId }) =>
      !taken.has(number) &&
      sold === service &&
      (requestId === undefined || requestId === unknown.request_id),
  );
  const settled = await settleOrder(
    ctx,
    commandLineActor("operator"),
    id,
    truth === undefined
      ? { as: "refused", note: "not in their books" }
      : { as: "accepted", providerOrder: truth.number },
  );
  if (!settled.ok) return `settle: ${settled.refusal.code}`;
  return `settle: ${truth === undefined ? "refused" : "accepted"}`;
}

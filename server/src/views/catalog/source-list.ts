import { findService } from "#catalog/catalog.sql.ts";
import { listSources } from "#catalog/sources.sql.ts";
import type { Context } from "#database/context.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ServiceId } from "#values/ids.ts";
import { exchanged } from "#values/money.ts";
import { sightOf } from "#views/sight.ts";
import { money, moneyOrNull } from "#views/spelling.ts";

/**
 * The sources of a service: its own provider first, then by position. `undefined` without the
 * service.
 */
export async function viewSources(ctx: Context, actor: Actor, id: ServiceId) {
  authorize(actor, "services.read");
  authorize(actor, "orders.provider");
  const sight = sightOf(actor);
  const service = await findService(ctx.db, id);
  if (service === undefined) return undefined;
  const sources = (await listSources(ctx.db, [id])).map((source) => ({
    provider: source.alias,
    provider_service: source.providerService ?? null,
    position: source.isOwn ? ("own" as const) : source.position,
    ...(sight.cost && {
      rate: moneyOrNull(source.providerRate),
      cost:
        source.providerRate === undefined
          ? null
          : money(exchanged(source.providerRate, source.exchangeRate)),
    }),
    state: !source.isEnabled ? "disabled" : source.isHeld ? "held" : "open",
  }));
  return { service: id, routing: service.routing, sources };
}
